"""
`sentinel bench brain`: measures what the brain costs.

In one process: microseconds a row for batches of 1, 32 and 256 with realistic histories, and of 32 with the fullest;
the whole scoring with its reasons, its parts, and LightGBM on the same rows, in turn. Then a brain and a mongod of its
own: how long a start takes and what memory is held. LightGBM comes with the training requirements.
"""

import dataclasses
import gc
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import structlog

from benchmarks import scoring_cost
from benchmarks.brain_process import Life, live
from benchmarks.progress import Progress
from benchmarks.scoring_cost import LIGHTGBM, PARTS, TREESHAP, WHOLE
from benchmarks.town import Asked, Town, busiest, lengths
from brain.main import GC_THRESHOLD

# Batches drawn and rounds timed for each size: about 2,000 different rows and 10 seconds in all.
SIZES = {1: (256, 1000), 32: (32, 200), 256: (8, 24)}
BUSIEST_ROWS, BUSIEST_ROUNDS = 32, 50


def measure_brain(*, starts: int, scores: int, as_json: bool, progress: Progress) -> None:
    """
    Measure once and print.

    Args:
        starts: How often the brain is started.
        scores: How many payments the last one scores.
    """
    progress("scoring batches", 0, 2)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for figures
    town, rng = Town.build(), np.random.default_rng(2)
    costs = {
        f"{size}": _cost([town.draw(size, rng) for _ in range(count)], rounds)
        for size, (count, rounds) in SIZES.items()
    }
    costs[f"{BUSIEST_ROWS} busiest"] = _cost([busiest(BUSIEST_ROWS, rng) for _ in range(4)], BUSIEST_ROUNDS)
    progress("starting a brain, and letting it work", 1, 2)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        life = live(Path(folder), town, starts=starts, scores=scores)

    if as_json:
        print(json.dumps({"us_a_row": costs, "process": dataclasses.asdict(life), "load_average": os.getloadavg()[0]}))
    else:
        _print_costs(costs)
        _print_life(life)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _cost(batches: list[Asked], rounds: int) -> dict[str, float]:
    """Measure microseconds a row by name, and the mean lengths of the histories."""
    # As in the brain: the garbage collector does not look at present objects again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    rows = len(batches[0].queries)
    of_user, of_merchant = lengths(batches)
    times = scoring_cost.measure(batches, rounds=rounds)
    return {name: us / rows for name, us in times.items()} | {"user_events": of_user, "merchant_events": of_merchant}


def _print_costs(costs: dict[str, dict[str, float]]) -> None:
    names = (WHOLE, *PARTS, "the rest", LIGHTGBM, TREESHAP)
    print(f"{'us a row, medians':<30}" + "".join(f"{f'batch of {size}':>20}" for size in costs))
    for name in ("user_events", "merchant_events"):
        print(f"{name.replace('_', ' '):<30}" + "".join(f"{cost[name]:>20.0f}" for cost in costs.values()))
    for name in names:
        row = [cost.get(name, cost[WHOLE] - sum(cost[part] for part in PARTS)) for cost in costs.values()]
        print(f"{name:<30}" + "".join(f"{us:>20.1f}" for us in row))
    for over, under in (("predict", LIGHTGBM), (WHOLE, LIGHTGBM), (WHOLE, TREESHAP)):
        ratios = [cost[over] / cost[under] for cost in costs.values()]
        print(f"{f'{over} / {under}':<30}" + "".join(f"{ratio:>20.2f}" for ratio in ratios))


def _print_life(life: Life) -> None:
    print(
        f"start: {life.start_s:.2f} s until SERVING, {life.filled_s:.2f} s until {life.payments:,} payments were read, "
        f"then {life.started_mib:.0f} MiB resident"
    )
    print(
        f"after {life.scored} scores over the stream, {life.with_history:.1%} of them with history: "
        f"{life.worked_mib:.0f} MiB resident; CPU us a score: brain {life.brain_us:.0f}, mongod {life.mongod_us:.0f}"
    )
