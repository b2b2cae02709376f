"""
`sentinel bench brain`: measures what the brain costs.

In one process: microseconds a row for batches of 1 to 256 with realistic histories, and of 32 with the fullest; the
whole scoring with its reasons, its parts, and LightGBM on the same rows, in turn. Then a brain and a mongod of its
own: how long a start takes and what memory is held. LightGBM comes with the training requirements.
"""

import dataclasses
import gc
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from benchmarks import machine, results, scoring_cost
from benchmarks.brain_process import live
from benchmarks.progress import Progress
from benchmarks.town import Town, busiest
from brain.domain import Query
from brain.history.memory import Memory
from brain.main import GC_THRESHOLD

# Batches drawn and rounds timed for each size: some 2,000 rows, and 10 seconds in all.
SIZES = {1: (1000, 2000), 3: (600, 1200), 8: (250, 500), 32: (60, 200), 256: (8, 24)}
BUSIEST_ROWS, BUSIEST_ROUNDS = 32, 50


def measure_brain(*, starts: int, scores: int, progress: Progress) -> dict[str, Any]:
    """
    Measure once, write results/brain.json, and return what it says.

    Args:
        starts: How often the brain is started.
        scores: How many payments the last one scores.
    """
    about = machine.describe()
    progress("scoring batches", 0, 2)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for figures
    town, rng = Town.build(), np.random.default_rng(2)
    memory = town.memory()
    costs = {
        f"{size}": _cost([town.draw(size, rng) for _ in range(count)], memory, rounds)
        for size, (count, rounds) in SIZES.items()
    }
    queries, memory = busiest(BUSIEST_ROWS, rng)
    costs[f"{BUSIEST_ROWS} busiest"] = _cost([queries], memory, BUSIEST_ROUNDS)
    progress("starting a brain, and letting it work", 1, 2)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        life = live(Path(folder), town, starts=starts, scores=scores)
    return results.write("brain", about | {"us_a_row": costs, "process": dataclasses.asdict(life)})


def _cost(batches: list[list[Query]], memory: Memory, rounds: int) -> dict[str, float]:
    """Measure microseconds a row, by name."""
    # As in the brain: the garbage collector does not look at present objects again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    times = scoring_cost.measure(batches, memory, rounds=rounds)
    return {name: us / len(batches[0]) for name, us in times.items()}
