"""Runs wrk, which costs little beside what it measures: closed loops, each client waits for its answer."""

import json
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError
from local.ports import at
from tests.callers import KEY_LINE

SCRIPT = Path(__file__).parent / "payments.lua"
BODIES = ("basic", "full")


@dataclass(frozen=True, slots=True)
class Load:
    """
    What one run of wrk saw.

    Attributes:
        prefix: What the ids of its payments have in common.
        ok: Answers with status 200.
        made: Payments made; at most one a client more than were answered, for the end cuts them off.
        seconds: How long it took.
        p50_ms, p99_ms: Latencies, corrected for what a slow answer holds back.
    """

    prefix: str
    clients: int
    ok: int
    made: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return self.ok / self.seconds


def send(*, port: int, clients: int, seconds: float, body: str = "basic", order: str = "ordered") -> Load:
    """
    Post payments for so long.

    Args:
        body: One of BODIES.
        order: "ordered" ids grow with time, "random" ones do not.

    Raises:
        BenchmarkError: wrk is missing, or an answer was not a 200.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise BenchmarkError("wrk is missing, which makes the load (Debian: apt-get install wrk)")
    prefix = f"b{secrets.token_hex(6)}"
    command = [
        *(wrk, "--threads", "1", "--connections", str(clients), "--duration", f"{max(1, round(seconds))}s"),
        *("--timeout", "10s", "--header", KEY_LINE.decode(), "--script", str(SCRIPT), f"http://{at(port)}/transaction"),
        *("--", prefix, body, order, str(secrets.randbelow(2**30))),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (no text of others)
    if done.returncode != 0:
        raise BenchmarkError(f"wrk ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    said = json.loads(done.stdout.splitlines()[-1])
    if said["refused"] or said["broken"]:
        raise BenchmarkError(f"not every payment got a verdict: {said}")
    return Load(prefix, clients, said["ok"], said["made"], said["seconds"], said["p50_ms"], said["p99_ms"])
