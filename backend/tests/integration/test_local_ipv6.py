"""The stack of a machine that has IPv6 only: it comes up on ::1, scores, and the images' health checks find it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.commands import ROOT
from tests.local_stack import StackUnderTest

IPV6_ONLY = "ip link set lo up && ip addr del 127.0.0.1/8 dev lo && echo ready && exec sleep 600"
PAY = """
import http.client
connection = http.client.HTTPConnection("::1", 8000, timeout=5)
body = '{"transaction_id": "txn_001", "amount": 150.50, "currency": "USD", "user_id": "user_123"}'
connection.request("POST", "/transaction", body, {"Content-Type": "application/json"})
print(connection.getresponse().read().decode())
"""
CHECKS = [ROOT / "infra" / "docker" / f"healthcheck_{name}.py" for name in ("brain", "gateway")]


@pytest.fixture
def inside() -> Iterator[tuple[str, ...]]:
    """The command that runs another one in a network of its own, where the loopback interface has ::1 only."""
    alone = ["/bin/sh", "-c", 'exec unshare --net /bin/sh -c "$0"', IPV6_ONLY]
    holder = subprocess.Popen(alone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 (ours)
    assert holder.stdout is not None
    try:
        if (said := holder.stdout.readline()) != "ready\n":
            pytest.skip(f"no network of its own is to be had here: {said.strip()}")
        yield ("nsenter", "--target", str(holder.pid), "--net", "--")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_it_comes_up_and_scores_on_a_machine_without_ipv4(inside: tuple[str, ...], tmp_path: Path) -> None:
    """On the ports of the images: nobody else has them in this network."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*inside, sys.executable, *arguments], capture_output=True, text=True, check=False)  # noqa: S603

    stack = StackUnderTest(tmp_path / "home")
    stack.environment |= {"GATEWAY_PORT": "8000", "BRAIN_SERVICE_PORT": "50051"}
    stack.wrapper = inside
    try:
        up = stack.run("up", "--detach")
        assert up.returncode == 0, up.stdout
        verdict = json.loads(run("-c", PAY).stdout)
        healthy = [run(check).returncode for check in CHECKS]
    finally:
        down = stack.run("down", "--volumes")

    assert "gateway  ready on [::1]:8000" in up.stdout
    assert verdict["scored"] is True
    assert healthy == [0, 0]
    assert [run(check).returncode for check in CHECKS] == [1, 1]
    assert down.returncode == 0
