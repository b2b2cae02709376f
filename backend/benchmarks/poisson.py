"""
`sentinel bench poisson`: latencies while payments come at random moments, whatever the server does.

The naive stack's capacity is measured first, with 64 clients. Then it and Sentinel get 50 and 70 % of that, in turn.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import NAIVE, SENTINEL, running
from benchmarks.load.open_loop import offer
from benchmarks.load.wrk import Load
from benchmarks.measure import audited, measure, ratios
from benchmarks.progress import Progress
from benchmarks.stats import spread

SHARES = (0.5, 0.7)  # of the naive stack's capacity


def measure_poisson(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/poisson.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    machine.go_first()
    turns: dict[tuple[float, str], list[Load]] = {}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), NAIVE, SENTINEL) as candidates,
    ):
        for candidate in candidates:
            measure(candidate, clients=20, seconds=2)  # warms it up
        capacity = measure(candidates[0], clients=64, seconds=3).per_s
        for turn in range(rounds):
            for number, share in enumerate(SHARES):
                progress(f"{share:.0%} of naive's capacity", turn * len(SHARES) + number, rounds * len(SHARES))
                for candidate in candidates:
                    load = offer(port=candidate.port, per_s=capacity * share, seconds=seconds)
                    audited(candidate, load)
                    turns.setdefault((share, candidate.name), []).append(load)
    found = {
        "rounds": rounds,
        "seconds": seconds,
        "naive_per_s": capacity,
        "p99_naive": {
            f"{share:.0%}": ratios(*([load.p99_ms for load in turns[share, name]] for name in (SENTINEL, NAIVE))).median
            for share in SHARES
        },
        "cells": [
            {
                "share": share,
                "candidate": name,
                "p50_ms": spread([load.p50_ms for load in loads]).median,
                "p99_ms": spread([load.p99_ms for load in loads]).median,
            }
            for (share, name), loads in turns.items()
        ],
    }
    return results.write("poisson", about | found)
