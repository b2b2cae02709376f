"""
`sentinel model replay`: sends a test week through the real gateway and brain.

Sends the 37 days that fill the histories, then the test week, with the label of each fraud 7 days late, and compares
the scores with those computed offline. Without --url it starts a mongod, a brain and a gateway of its
own, with longer budgets than usual. A world of the book's size is 420,000 payments. Exit status 1 when the two differ
by more than 0.01 AP.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from brain.domain import MERCHANT_WINDOW_DAYS
from brain.model.artifact import Model
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from training.evaluation.metrics import Figures, figures
from training.examples.histories import features
from training.examples.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.live import Floats, Ints, Replayed, replay
from training.options import Progress
from training.train import ARTIFACTS
from training.world.simulator import Rules, World, simulate

AP_DIFFERENCE_MAX = 0.01
SAME_SCORE = 1e-6
# Of the stack that is started here: scores are compared, not latencies, and a busy machine misses the usual budgets.
PATIENCE = {
    "GATEWAY_SCORING_BUDGET_MS": "3000",
    "GATEWAY_LEDGER_BUDGET_MS": "5000",
}


def compare_live_with_offline(
    url: str | None, *, seed: int, week: int, rules: Rules, as_json: bool, progress: Progress
) -> bool:
    """
    Replay, compare and print. Returns whether live and offline scores rank alike.

    Args:
        url: Of a running gateway; None starts a stack of its own.
        seed: Of the world.
        week: Which of its seven test weeks, from 1 on.

    Raises:
        ReplayError: no gateway answers at `url`, or it refuses a valid request.
    """
    world = simulate(seed, rules)
    first_day = FIRST_TEST_DAY + (week - 1) * TEST_DAYS
    day = world.day
    rows = np.flatnonzero((day >= first_day - MERCHANT_WINDOW_DAYS) & (day < first_day + TEST_DAYS))
    started_s = time.perf_counter()
    with contextlib.nullcontext(url) if url else _own_stack() as at:
        replayed = asyncio.run(
            replay(
                world,
                rows,
                at,
                judged_from=int(np.searchsorted(day[rows], first_day)),
                progress=lambda sent: progress("payments", sent, rows.size),
            )
        )
    rate = rows.size / (time.perf_counter() - started_s)

    judged = judged_rows(world, first_day)
    live = replayed.scores[np.searchsorted(rows, judged)]
    model = Model.load(ARTIFACTS)
    offline = model.risk_scores(features(world, judged))
    both = _figures(world, judged, live), _figures(world, judged, offline)
    same = float(np.mean(np.abs(live - offline) < SAME_SCORE))
    if as_json:
        print(json.dumps(_summary(replayed, both, same, payments=rows.size, per_s=rate)))
    else:
        _print_table(replayed, both, same, payments=rows.size, per_s=rate)
    if replayed.models != {f"{model.name} {model.version}"}:
        print(f"scored by {replayed.models}, not by the shipped model", file=sys.stderr)
        return False
    return abs(both[0].ap - both[1].ap) <= AP_DIFFERENCE_MAX


@contextlib.contextmanager
def _own_stack() -> Iterator[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url, environment=PATIENCE) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port, environment=PATIENCE) as gateway,
            WorkerProcess(directory, mongodb_url=ledger.url, brain_port=brain.port, environment=PATIENCE),
        ):
            yield gateway.url


def _figures(world: World, rows: Ints, scores: Floats) -> Figures:
    """Compute figures; a payment without a score ranks last."""
    return figures(world.fraud[rows], np.nan_to_num(scores, nan=-1.0), world.day[rows], world.user[rows])


def _summary(
    replayed: Replayed, both: tuple[Figures, Figures], same: float, *, payments: int, per_s: float
) -> dict[str, object]:
    return {
        "live": asdict(both[0]),
        "offline": asdict(both[1]),
        "ap_difference": both[0].ap - both[1].ap,
        "same_scores": same,
        "payments": payments,
        "payments_per_s": per_s,
        "labels": replayed.labels,
        "blind": replayed.blind,
        "degraded": replayed.degraded,
    }


def _print_table(
    replayed: Replayed, both: tuple[Figures, Figures], same: float, *, payments: int, per_s: float
) -> None:
    print(f"{payments:,} payments and {replayed.labels:,} labels through the gateway, {per_s:,.0f} payments/s")
    print(f"{replayed.blind:,} verdicts were blind, {replayed.degraded:,} scores made without history")
    print(f"\n{'':<10}{'AUC':>8}{'AP':>8}{'CP@100':>8}{'R@1%':>8}")
    for name, found in zip(("live", "offline"), both, strict=True):
        print(f"{name:<10}" + "".join(f"{value:>8.3f}" for value in asdict(found).values()))
    print(f"\n{same:.1%} of the test week's scores are the same; AP differs by {both[0].ap - both[1].ap:+.4f}")
