"""Connections that clients keep: each request over one of them is answered, however late it comes, also at a stop."""

import asyncio
import json
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from local.ports import LOOPBACK
from tests.drills.conftest import full_only
from tests.raw_http import RawConnection, payment
from tests.stack import running_stack, wait_until

pytestmark = full_only  # short forms: tests/contract/serving/test_waiting.py and test_stopping.py

CONNECTIONS = 1_000
ROUNDS = 10
CLIENTS = 24
STOPS = 20
LOST = "lost"  # sent, and no answer came
ANSWER_WITHIN_S = 30.0  # a thousand at once, on a machine that does other things: late, but an answer


@pytest.mark.parametrize("pauses_s", [(4.9, 5.1), (60.0, 60.0)], ids=["around 5 s", "60 s"])
def test_a_thousand_connections_are_used_again(
    pauses_s: tuple[float, float],
    mongod_url: str,
    tmp_path: Path,
    fresh_databases: dict[str, str],
    tell: Callable[[str], None],
) -> None:
    """5 s is where uvicorn closes by itself, 60 s what balancers keep. Ten times each, the same connections."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with running_stack(tmp_path, mongod_url, fresh_databases) as stack:
        outcomes = asyncio.run(_use_again(stack.gateway.port, pauses_s))

    tell(f"{CONNECTIONS} connections, {ROUNDS} pauses of {pauses_s[0]} to {pauses_s[1]} s: {dict(outcomes)}")
    assert not any(outcome.startswith(LOST) for outcome in outcomes)
    assert outcomes.total() == CONNECTIONS * (ROUNDS + 1)


def test_no_request_is_lost_in_twenty_stops(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], tell: Callable[[str], None]
) -> None:
    """24 clients over kept connections, and as many that open one for each request, go on until no new one is taken."""
    outcomes = Counter[str]()
    with running_stack(tmp_path, mongod_url, fresh_databases) as stack, ThreadPoolExecutor(2 * CLIENTS) as pool:
        for _ in range(STOPS):
            ask = [partial(_ask_until_refused, stack.gateway.port, keeps=keeps) for keeps in (True, False)]
            clients = [pool.submit(ask[n % 2]) for n in range(2 * CLIENTS)]
            time.sleep(1.5)
            os.kill(stack.gateway.pid, signal.SIGTERM)
            for client in clients:
                outcomes += client.result()
            wait_until(lambda: not stack.gateway.is_running)
            stack.gateway.start()

    tell(f"{STOPS} stops under {2 * CLIENTS} clients: {dict(outcomes)}")
    assert not any(outcome.startswith(LOST) for outcome in outcomes)
    assert outcomes["200"] > STOPS * CLIENTS


async def _use_again(port: int, pauses_s: tuple[float, float]) -> Counter[str]:
    outcomes = Counter[str]()

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        for _ in range(ROUNDS + 1):
            writer.write(b"".join(payment()))
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    outcomes[await _status(reader)] += 1
            except (OSError, EOFError) as error:  # TimeoutError is one
                outcomes[f"{LOST}: {type(error).__name__}"] += 1
                return
            first_s, last_s = pauses_s
            await asyncio.sleep(first_s + (last_s - first_s) * number / CONNECTIONS)
        writer.close()

    await asyncio.gather(*(client(number) for number in range(CONNECTIONS)))
    return outcomes


async def _status(reader: asyncio.StreamReader) -> str:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(line for line in head.lower().split("\r\n") if line.startswith("content-length:"))
    body = json.loads(await reader.readexactly(int(length.partition(":")[2])))
    return str(body.get("code", head.split()[1]))


def _ask_until_refused(port: int, *, keeps: bool) -> Counter[str]:
    outcomes = Counter[str]()
    while True:
        try:
            connection = RawConnection(port, timeout_s=ANSWER_WITHIN_S)
        except ConnectionRefusedError:
            return outcomes
        with connection:
            is_last = False
            while not is_last and not connection.shows_end():
                try:
                    answer = connection.ask(b"".join(payment()))
                except (OSError, EOFError) as error:
                    outcomes[f"{LOST}: {type(error).__name__}"] += 1
                    break
                outcomes[str(answer.status)] += 1
                is_last = answer.is_last or not keeps
