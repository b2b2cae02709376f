"""Readers who do not read fill nginx's buffers, and no more: the container's memory is enough for all of them."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from local.commands import ROOT
from local.ports import LOOPBACK
from tests.infra.dashboard import nginx
from tests.infra.dashboard.nginx import FILES, Site

CALLS = 100
CALL_KIB = 80  # as the configuration reckons
FILLED_KIB = 50  # more than half of it is in use: these calls do fill something
ITSELF_KIB = 16 * 1024  # master and worker
ONCE_KIB = 1024  # of it: what a worker takes when it is first asked
ANSWER = b"x" * 65_536


def number(directive: str) -> list[int]:
    """What stands behind it in the configuration, without units."""
    found = re.findall(rf"^ *{directive} ([^;]+);", (FILES / "nginx.conf.template").read_text(), re.MULTILINE)
    assert len(found) == 1, f"{directive} stands there {len(found)} times"
    return [int(word.removesuffix("k")) for word in found[0].split()]


def limits_kib() -> set[int]:
    """What the container may take, in compose and in Kubernetes."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["dashboard"]["mem_limit"]
    text = (ROOT / "infra" / "k8s" / "dashboard-deployment.yaml").read_text()
    (deployment,) = [each for each in yaml.safe_load_all(text) if each["kind"] == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    cluster = container["resources"]["limits"]["memory"]
    return {int(compose.removesuffix("m")) * 1024, int(cluster.removesuffix("Mi")) * 1024}


def processes(folder: Path) -> list[str]:
    """The ids of master and worker of the nginx that runs in this folder."""
    master = (folder / "nginx.pid").read_text().strip()
    return [master, *Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def resident_kib(process_id: str) -> int:
    """Memory that it has in use."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text())
    assert found is not None
    return int(found[1])


@pytest.fixture
async def endless_port() -> AsyncIterator[int]:
    """Where a gateway listens whose answers are longer than all that a system buffers."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            while True:
                writer.write(ANSWER)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()

    async with await asyncio.start_server(answer, LOOPBACK, 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_the_sum_of_all_buffers_is_below_the_containers_memory() -> None:
    """As many calls as there are connections for, each with all that it may take."""
    (connections,) = number("worker_connections")
    (first,), (heads, head) = number("client_header_buffer_size"), number("large_client_header_buffers")
    (body,), (answer_head,) = number("client_body_buffer_size"), number("proxy_buffer_size")
    answers, answer = number("proxy_buffers")

    call_kib = 2 * (first + heads * head) + body + answer_head + answers * answer + 10

    assert number("client_max_body_size") == [body]
    assert call_kib == CALL_KIB
    assert max(limits_kib()) == min(limits_kib())
    assert connections // 2 * call_kib + ITSELF_KIB <= min(limits_kib())


async def test_a_call_takes_no_more_than_was_reckoned(site: Site, tmp_path: Path, endless_port: int) -> None:
    """The largest heads and bodies, answers without an end, and nobody who reads them."""
    head = "".join(f"X-Large-{n}: {'a' * 7_900}\r\n" for n in range(2))
    request = f"PUT /faults HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n{head}\r\n{'b' * 16_000}".encode()
    with nginx.running(site, tmp_path, gateway_url=f"http://{LOOPBACK}:{endless_port}") as running:
        master, worker = processes(tmp_path)
        idle_kib = resident_kib(master), resident_kib(worker)
        callers = [await call(running.port, request) for _ in range(CALLS)]
        async with asyncio.timeout(10):
            while resident_kib(worker) - idle_kib[1] < CALLS * FILLED_KIB:
                await asyncio.sleep(0.02)
        full_kib = resident_kib(worker)
        for caller in callers:
            caller.close()

    assert full_kib - idle_kib[1] <= CALLS * CALL_KIB + ONCE_KIB
    assert sum(idle_kib) + ONCE_KIB <= ITSELF_KIB


async def call(port: int, request: bytes) -> socket.socket:
    """Somebody who asked, has the first byte of an answer, and reads no further."""
    loop = asyncio.get_running_loop()
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.setblocking(False)
    await loop.sock_connect(caller, (LOOPBACK, port))
    await loop.sock_sendall(caller, request)
    assert await asyncio.wait_for(loop.sock_recv(caller, 1), 10) == b"H"
    return caller
