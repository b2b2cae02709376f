"""
`sentinel bench history`: how many scores are made with their history while the machine is busy with something else.

Sentinel runs with the demo faults of `./setup.sh up`, 80 payments a second come at random moments, and a process for
each core does nothing but compute.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import sentinel
from benchmarks.errors import BenchmarkError
from benchmarks.load.open_loop import offer
from benchmarks.measure import audited
from benchmarks.progress import Progress
from local.settings import DEMO_FAULTS

PER_S = 80.0


def measure_with_history(*, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/history.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sentinel(Path(folder), DEMO_FAULTS) as candidate,
    ):
        progress("a quiet start", 0, 2)
        offer(port=candidate.port, per_s=PER_S, seconds=5)  # gives users and merchants a history
        progress(f"{PER_S:g} payments/s on a busy machine", 1, 2)
        with _busy_cores():
            load = offer(port=candidate.port, per_s=PER_S, seconds=seconds)
        scored = audited(candidate, load)
        if candidate.ledger is None or not scored:
            raise BenchmarkError("nothing was scored")
        with_history = 1 - candidate.ledger.share(load, {"verdict.degraded": "history"}) / scored
    found = {
        "seconds": seconds,
        "payments": load.ok,
        "scored": scored,
        "with_history": with_history,
        "p50_ms": load.p50_ms,
        "p99_ms": load.p99_ms,
    }
    return results.write("history", about | found)


@contextmanager
def _busy_cores() -> Iterator[None]:
    """Keep every core busy while it lasts."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)]  # noqa: S603 (our own)
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
