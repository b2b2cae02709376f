"""
`sentinel bench documents`: how much slower a large ledger is.

Several Sentinels, whose ledgers hold 10^4, 10^6 and on request 10^7 records when it begins, take turns with 64 clients:
with ids that grow with time, and with random ones, each of which finds another place in the index. Then a look-up by
id, and the newest page. mongod has the 0.5 GB of cache that `./setup.sh up` gives it.
"""

import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import Candidate, sentinel
from benchmarks.ledgers import fill
from benchmarks.load.open_loop import percentiles
from benchmarks.measure import Figures, measure, medians, ratios
from benchmarks.progress import Progress
from local.ports import at
from tests.callers import caller, post

CLIENTS = 64
ORDERS = ("ordered", "random")
LOOK_UPS = 300
FIRST = {"transaction_id": "txn_first", "amount": "12.50", "currency": "USD", "user_id": "user_1", "merchant_id": "m"}
Turns = dict[tuple[int, str], list[Figures]]


def measure_documents(*, sizes: list[int], rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """
    Measure, write results/documents.json, and return what it says.

    Args:
        sizes: How many records each ledger holds when it begins, the smallest first.
    """
    about = machine.describe()
    turns: Turns = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        candidates, known = list[Candidate](), list[list[str]]()
        for size in sizes:
            progress(f"filling {size:,} records", len(candidates), len(sizes))
            candidates.append(stack.enter_context(sentinel(Path(folder))))
            known.append(_prepare(candidates[-1], size))
        for turn in range(rounds):
            progress("turns", turn, rounds)
            for order in ORDERS:
                for size, candidate in zip(sizes, candidates, strict=True):
                    figures = measure(candidate, clients=CLIENTS, seconds=seconds, order=order)
                    turns.setdefault((size, order), []).append(figures)
        pages = {size: _pages(*each) for size, each in zip(sizes, zip(candidates, known, strict=True), strict=True)}
    return results.write("documents", about | {"rounds": rounds, "seconds": seconds} | _summary(sizes, turns, pages))


def _prepare(candidate: Candidate, size: int) -> list[str]:
    """Fill its ledger, and warm it up. Returns some of the ids in it."""
    post(f"http://{at(candidate.port)}/transaction", FIRST).raise_for_status()
    ids = [] if candidate.ledger is None else fill(candidate.ledger, size, like=FIRST["transaction_id"])
    measure(candidate, clients=20, seconds=2)
    return ids


def _pages(candidate: Candidate, ids: list[str]) -> dict[str, float]:
    """Return the median milliseconds of a look-up by id, and of the newest page."""
    with caller(f"http://{at(candidate.port)}") as client:

        def took_ms(path: str) -> float:
            started_s = time.perf_counter()
            client.get(path).raise_for_status()
            return (time.perf_counter() - started_s) * 1000

        return {
            "by_id_ms": percentiles(took_ms(f"/transactions/{random.choice(ids)}") for _ in range(LOOK_UPS))[0],  # noqa: S311
            "newest_page_ms": percentiles(took_ms("/transactions?limit=50") for _ in range(LOOK_UPS))[0],
        }


def _summary(sizes: list[int], turns: Turns, pages: dict[int, dict[str, float]]) -> dict[str, Any]:
    smallest = sizes[0]
    return {
        "of_smallest": {
            f"{order}_{size}": ratios(
                [turn.per_s for turn in turns[size, order]], [turn.per_s for turn in turns[smallest, "ordered"]]
            ).median
            for size in sizes[1:]
            for order in ORDERS
        },
        "cells": [
            {
                "records": size,
                "order": order,
                "per_s": medians(figures).per_s,
                "p99_ms": medians(figures).p99_ms,
                "mongod_us": medians(figures).cpu_us["mongod"],
            }
            for (size, order), figures in turns.items()
        ],
        "pages": {str(size): found for size, found in pages.items()},
    }
