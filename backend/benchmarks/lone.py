"""
`sentinel bench lone`: how long a single client waits, and how much of that is the disk.

In each round the FastAPI echo, the naive stack and Sentinel have their turn with one client. Between them the disk is
measured by itself: 4 KiB written and brought to the disk, which is the least that a durable verdict waits for.
"""

import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import ECHO, NAIVE, SENTINEL, running
from benchmarks.load.open_loop import percentiles
from benchmarks.measure import Figures, measure, medians, ratios
from benchmarks.progress import Progress
from benchmarks.stats import spread

FSYNCS = 200
_BLOCK = b"x" * 4096


def measure_lone(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/lone.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    machine.go_first()
    turns: dict[str, list[Figures]] = {name: [] for name in (ECHO, NAIVE, SENTINEL)}
    fsyncs_ms = []
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), *turns) as candidates,
    ):
        for candidate in candidates:
            measure(candidate, clients=20, seconds=2)  # warms it up
        for turn in range(rounds):
            progress("one client", turn, rounds)
            for candidate in candidates:
                turns[candidate.name].append(measure(candidate, clients=1, seconds=seconds))
            fsyncs_ms.append(fsync_ms(Path(folder)))
    over = ratios([turn.p50_ms for turn in turns[SENTINEL]], [turn.p50_ms for turn in turns[NAIVE]])
    found = {
        "rounds": rounds,
        "seconds": seconds,
        "p50_naive": over.median,
        "spread": [over.low, over.high],
        "fsync_ms": spread(fsyncs_ms).median,
        "candidates": {name: asdict(medians(figures)) for name, figures in turns.items()},
    }
    return results.write("lone", about | found)


def fsync_ms(folder: Path) -> float:
    """Return how long it takes in the median to bring one block to this disk."""
    times_ms = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FSYNCS):
            started_s = time.perf_counter()
            file.write(_BLOCK)
            file.flush()
            os.fdatasync(file.fileno())
            times_ms.append((time.perf_counter() - started_s) * 1000)
    return percentiles(times_ms)[0]
