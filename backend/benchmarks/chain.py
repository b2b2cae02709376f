"""
`sentinel bench chain`: what one transaction costs the whole chain, beside what else could have answered it.

In each round every candidate has its turn with each number of clients and each body, in another order each time. A
ratio is the median of the rounds' own ratios. Rates depend on what else the machine does; ratios do so much less.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import ECHO, NAIVE, RAW, SENTINEL, Candidate, running
from benchmarks.load.wrk import BODIES
from benchmarks.measure import Figures, measure, medians, ratios
from benchmarks.progress import Progress
from benchmarks.stats import Spread

CLIENTS = (1, 20, 64, 200)
Turns = dict[tuple[str, int, str], list[Figures]]  # by body, clients and candidate: one for each round


def measure_chain(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """
    Measure, write results/chain.json, and return what it says.

    Args:
        seconds: How long one turn takes.

    Raises:
        BenchmarkError: a payment got no verdict, or a verdict is not in the ledger.
    """
    about = machine.describe()
    machine.go_first()
    turns: Turns = {}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), RAW, ECHO, NAIVE, SENTINEL) as candidates,
    ):
        for candidate in candidates:
            measure(candidate, clients=20, seconds=2)  # warms it up
        cells = list(product(BODIES, CLIENTS))
        for turn in range(rounds):
            for number, (body, clients) in enumerate(cells):
                progress(f"round {turn + 1}, {clients} clients", turn * len(cells) + number, rounds * len(cells))
                for candidate in _rotated(candidates, turn + number):
                    figures = measure(candidate, clients=clients, seconds=seconds, body=body)
                    turns.setdefault((body, clients, candidate.name), []).append(figures)
    about["load_average_after"] = round(os.getloadavg()[0], 1)
    return results.write("chain", about | {"rounds": rounds, "seconds": seconds} | summary(turns))


def _rotated(candidates: list[Candidate], by: int) -> list[Candidate]:
    by %= len(candidates)
    return candidates[by:] + candidates[:by]


def summary(turns: Turns) -> dict[str, Any]:
    """Sum up: ratios of Sentinel over the others by name, for the basic and the full body, and every cell's medians."""
    basic, full = (_ratios(turns, body) for body in BODIES)
    return {
        "ratios": {name: spread.median for name, spread in basic.items()},
        "ratios_full": {name: spread.median for name, spread in full.items()},
        "spread": {name: [spread.low, spread.high] for name, spread in basic.items()},
        "spread_full": {name: [spread.low, spread.high] for name, spread in full.items()},
        "latency_ratios": _latency_ratios(turns),
        "cells": [
            {"body": body, "clients": clients, "candidate": name} | asdict(medians(rounds))
            for (body, clients, name), rounds in turns.items()
        ],
    }


def _ratios(turns: Turns, body: str) -> Mapping[str, Spread]:
    def over(other: str, clients: int) -> Spread:
        return ratios(*([turn.per_s for turn in turns[body, clients, name]] for name in (SENTINEL, other)))

    def cpu_over(other: str, clients: int) -> Spread:
        return ratios(*([turn.cpu_path_us for turn in turns[body, clients, name]] for name in (SENTINEL, other)))

    return {
        **{f"naive_{clients}": over(NAIVE, clients) for clients in CLIENTS},
        **{f"echo_{clients}": over(ECHO, clients) for clients in (64, 200)},
        "cpu_echo_64": cpu_over(ECHO, 64),
    }


def _latency_ratios(turns: Turns) -> dict[str, float]:
    """Of a lone client's median, and of 64 clients' p99, over the naive stack's."""
    lone = ([turn.p50_ms for turn in turns["basic", 1, name]] for name in (SENTINEL, NAIVE))
    tail = ([turn.p99_ms for turn in turns["basic", 64, name]] for name in (SENTINEL, NAIVE))
    return {"p50_naive_1": ratios(*lone).median, "p99_naive_64": ratios(*tail).median}
