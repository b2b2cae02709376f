"""
`sentinel bench rescoring`: what checkouts notice of a worker that catches up after an outage.

10,000 verdicts are made without a brain. Then, at 30 % of Sentinel's capacity, windows in which the worker re-scores
them take turns with windows in which it is frozen, until all are re-scored. The worker does nothing outside a window.
"""

import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import Candidate, sentinel
from benchmarks.errors import BenchmarkError
from benchmarks.load import wrk
from benchmarks.load.open_loop import offer
from benchmarks.measure import audited, measure, ratios
from benchmarks.outages import RESET_S, wait_for_neighbours
from benchmarks.progress import Progress
from benchmarks.stats import spread

UNSCORED = 10_000
SHARE = 0.3
ENDS_WITHIN_S = 480.0  # for all windows: a benchmark takes ten minutes at most


def measure_rescoring(*, seconds: float, progress: Progress) -> dict[str, Any]:
    """
    Measure, write results/rescoring.json, and return what it says.

    Args:
        seconds: How long a window is.

    Raises:
        BenchmarkError: as `measure` does, or not all are re-scored in ENDS_WITHIN_S.
    """
    about = machine.describe()
    p99_ms: dict[str, list[float]] = {"working": [], "frozen": []}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sentinel(Path(folder), {"GATEWAY_CIRCUIT_RESET_S": str(RESET_S)}) as candidate,
    ):
        measure(candidate, clients=20, seconds=2)  # warms it up
        capacity = measure(candidate, clients=64, seconds=3).per_s
        worker = candidate.processes["worker"]
        worker.send(signal.SIGSTOP)
        progress("verdicts without a brain", 0, UNSCORED)
        made = left = _make_unscored(candidate)
        left_after, deadline_s = [], time.monotonic() + ENDS_WITHIN_S
        while left:
            if time.monotonic() > deadline_s:
                raise BenchmarkError(f"{left} of {made} are not re-scored after {ENDS_WITHIN_S:g} s")
            progress("worker at work, worker frozen", made - left, made)
            for state, found_ms in p99_ms.items():
                if state == "working":
                    worker.send(signal.SIGCONT)
                load = offer(port=candidate.port, per_s=capacity * SHARE, seconds=seconds)
                worker.send(signal.SIGSTOP)
                audited(candidate, load)
                found_ms.append(load.p99_ms)
            left = _left(candidate)
            left_after.append(left)
    found = {
        "rounds": len(left_after),
        "seconds": seconds,
        "unscored": made,
        "rescored": made,
        "rescored_per_s": _per_s(made, left_after, seconds=seconds),
        "load_per_s": capacity * SHARE,
        "p99_ms": {state: spread(found).median for state, found in p99_ms.items()},
        "p99_ratio": ratios(p99_ms["working"], p99_ms["frozen"]).median,
    }
    return results.write("rescoring", about | found)


def _make_unscored(candidate: Candidate) -> int:
    """Let UNSCORED payments be decided without a brain, which then comes back."""
    brain, made = candidate.processes["brain"], 0
    brain.kill()
    while made < UNSCORED:
        made += wrk.send(port=candidate.port, clients=64, seconds=1).ok
    brain.start()
    wait_for_neighbours(candidate)
    return made


def _left(candidate: Candidate) -> int:
    if candidate.ledger is None:
        raise BenchmarkError("Sentinel has a ledger")
    return candidate.ledger.count({"needs_rescore": True})


def _per_s(made: int, left_after: Sequence[int], *, seconds: float) -> float:
    """Return how many a second were re-scored, over the windows that did not end before their time."""
    whole = max(1, len(left_after) - 1)
    return (made - left_after[whole - 1]) / (whole * seconds)
