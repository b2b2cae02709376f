"""
`sentinel bench rescoring`: what checkouts notice of a worker that catches up after an outage.

10,000 verdicts are made without a brain. Then, at 30 % of Sentinel's capacity, windows in which the worker re-scores
them take turns with windows in which it is frozen.
"""

import signal
import tempfile
import time
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
RESUMES_S = 2.0  # a worker that was frozen looks for its leases and its brain first


def measure_rescoring(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/rescoring.json, and return what it says. Raises BenchmarkError as `measure` does."""
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
        progress("verdicts without a brain", 0, rounds)
        made = _make_unscored(candidate)
        for turn in range(rounds):
            progress("worker at work, worker frozen", turn, rounds)
            for state, found_ms in p99_ms.items():
                worker.send(signal.SIGCONT if state == "working" else signal.SIGSTOP)
                time.sleep(RESUMES_S)
                load = offer(port=candidate.port, per_s=capacity * SHARE, seconds=seconds)
                audited(candidate, load)
                found_ms.append(load.p99_ms)
        rescored = _rescored(candidate)
    found = {
        "rounds": rounds,
        "seconds": seconds,
        "unscored": made,
        "rescored": rescored,
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


def _rescored(candidate: Candidate) -> int:
    if candidate.ledger is None:
        raise BenchmarkError("Sentinel has a ledger")
    return candidate.ledger.count({"amendments.0": {"$exists": True}})
