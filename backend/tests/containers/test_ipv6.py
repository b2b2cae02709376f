"""The images where there is IPv6 only: they serve, find each other, and their health checks find them."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.containers import engine
from tests.containers.project import Project
from tests.stack import wait_until

PAYMENT = '{"transaction_id": "v6", "amount": 150.5, "currency": "USD", "user_id": "user_1"}'
CURL = ("curl", "-s", "--globoff", "--noproxy", "*", "--max-time", "5")
OURS = ("brain", "gateway", "dashboard")


class Room:
    """All four containers in one network that is nothing but ::1."""

    def __init__(self) -> None:
        self._name = f"sentinel-ipv6-{secrets.token_hex(3)}"
        self._names: list[str] = []

    def start(self) -> None:
        """Raises EngineError when one of them cannot be."""
        ipv6 = ("--network", "none", "--sysctl", "net.ipv6.conf.all.disable_ipv6=0")
        self._run("holder", *ipv6, "--entrypoint", "sleep", "sentinel-brain:0.2.0", "600")
        self.execute("ip", "addr", "del", "127.0.0.1/8", "dev", "lo")
        same = ("--network", f"container:{self._name}-holder")
        ledger = ("--env", "MONGODB_URL=mongodb://[::1]:27017")
        self._run("db", *same, "mongo:7.0", "mongod", "--ipv6", "--nounixsocket")
        self._run("brain", *same, *ledger, "--env", "BRAIN_BIND_ADDRESS=::", "sentinel-brain:0.2.0")
        self._run("gateway", *same, *ledger, "--env", "BRAIN_SERVICE_HOST=::1", "sentinel-gateway:0.2.0")
        proxy = ("--env", "http_proxy=http://192.0.2.1:9")  # as engines pass on from their own environment
        self._run("dashboard", *same, *proxy, "--env", "GATEWAY_URL=http://[::1]:8000", "sentinel-dashboard:0.2.0")

    def execute(self, *command: str) -> str:
        """Run a command of this machine in the network of the containers."""
        pid = str(engine.inspect(f"{self._name}-holder")["State"]["Pid"])
        return engine.run(["nsenter", "--target", pid, "--net", *command])

    def health(self) -> dict[str, str]:
        """What the engine says of each of ours."""
        return {name: engine.inspect(f"{self._name}-{name}")["State"]["Health"]["Status"] for name in OURS}

    def close(self) -> None:
        """Nothing stays."""
        with suppress(engine.EngineError):  # the last one may not have come into being
            engine.run(["docker", "rm", "--force", "--volumes", *self._names])

    def _run(self, name: str, *arguments: str) -> None:
        self._names.append(f"{self._name}-{name}")
        engine.run(["docker", "run", "--detach", "--name", self._names[-1], *arguments])


@pytest.fixture
def room(project: Project) -> Iterator[Room]:
    """Of the images that the project built."""
    assert project.images
    if os.geteuid() != 0 or not (shutil.which("nsenter") and shutil.which("ip")):
        pytest.skip("needs root, nsenter and ip: only so an engine's network can be without IPv4")
    running = Room()
    try:
        running.start()
        yield running
    finally:
        running.close()


def test_the_images_need_no_ipv4(room: Room) -> None:
    """A payment is scored, the dashboard reaches the gateway, and the engine calls every container healthy."""

    def status() -> str:
        return str(json.loads(room.execute(*CURL, "http://[::1]:8080/health"))["status"])

    wait_until(lambda: set(room.health().values()) == {"healthy"}, within_s=60.0)
    wait_until(lambda: status() == "healthy", within_s=60.0)
    post = ("--header", "Content-Type: application/json", "--data", PAYMENT)
    verdict = json.loads(room.execute(*CURL, *post, "http://[::1]:8000/transaction"))

    assert (verdict["scored"], verdict["ledger_status"]) == (True, "committed")
