"""
`sentinel bench soak`: whether memory stays what it is, under an even load for ten minutes.

Payments come at random moments. The memory of each process is read every few seconds; its slope is that of the second
half, for in the first one caches fill.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine, results
from benchmarks.candidates import Candidate, sentinel
from benchmarks.load.open_loop import offer
from benchmarks.measure import audited
from benchmarks.proc import peak_mib, resident_mib
from benchmarks.progress import Progress

EVERY_S = 2.0
Samples = list[tuple[float, dict[str, float]]]  # seconds, and MiB by process


def measure_soak(*, minutes: float, per_s: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/soak.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sentinel(Path(folder)) as candidate:
        with _sampled(candidate, minutes * 60, progress) as samples:
            load = offer(port=candidate.port, per_s=per_s, seconds=minutes * 60)
        peaks = {name: peak_mib(process.pid) for name, process in candidate.processes.items()}
        audited(candidate, load)
    half = samples[len(samples) // 2 :]
    found = {
        "minutes": minutes,
        "per_s": per_s,
        "verdicts": load.ok,
        "p99_ms": load.p99_ms,
        "memory": {
            name: {
                "first_mib": samples[0][1][name],
                "last_mib": samples[-1][1][name],
                "peak_mib": peak,
                "slope_mib_per_min": slope([at_s for at_s, _ in half], [mib[name] for _, mib in half]) * 60,
            }
            for name, peak in peaks.items()
        },
    }
    return results.write("soak", about | found)


def slope(times_s: list[float], values: list[float]) -> float:
    """Fit a line, and return how much it rises a second; 0 for fewer than two points."""
    return float(np.polyfit(times_s, values, 1)[0]) if len(times_s) > 1 else 0.0


@contextmanager
def _sampled(candidate: Candidate, seconds: float, progress: Progress) -> Iterator[Samples]:
    """Read the memory of each process while it lasts."""
    samples: Samples = []
    over, started_s = threading.Event(), time.perf_counter()

    def sample() -> None:
        while True:
            at_s = time.perf_counter() - started_s
            samples.append((at_s, {name: resident_mib(process.pid) for name, process in candidate.processes.items()}))
            progress("minutes under load", int(at_s / 60), max(1, int(seconds / 60)))
            if over.wait(EVERY_S):
                return

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
