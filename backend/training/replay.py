"""
`sentinel model replay`: sends a test week through the real gateway and brain.

Sends the 37 days that fill the histories, then the test week, with the label of each fraud when it became known, and
compares the scores with those computed offline. Without --url it starts a mongod, a brain and a gateway of its own,
with longer budgets than usual. Exit status 1 when the two differ by more than 0.01 AP.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brain.domain import MERCHANT_WINDOW_DAYS
from brain.model.artifact import Model
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from training.evaluation.metrics import Figures, figures
from training.examples.histories import features
from training.examples.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.live import Floats, Ints, Replayed, replay
from training.options import Progress
from training.payments import Payments
from training.train import ARTIFACTS
from training.world.simulator import DAY_MS, simulate
from training.world.simulator import Rules as HandbookRules
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

Bools = NDArray[np.bool_]

AP_DIFFERENCE_MAX = 0.01
SAME_SCORE = 1e-6
# Of the stack that is started here: scores are compared, not latencies, and a busy machine misses the usual budgets.
PATIENCE = {
    "GATEWAY_SCORING_BUDGET_MS": "3000",
    "GATEWAY_LEDGER_BUDGET_MS": "5000",
}


@dataclass(frozen=True, slots=True)
class SentWeek:
    """
    A week to send, and what stands before it.

    Attributes:
        payments: All payments of the world.
        fraud: (n,) the truth of each.
        rows: Those to send, ascending in time.
        first: The first of the test week.
        judged: Those of the test week whose scores are compared.
    """

    payments: Payments
    fraud: Bools
    rows: Ints
    first: int
    judged: Ints

    @classmethod
    def of_handbook(cls, seed: int, week: int, rules: HandbookRules) -> "SentWeek":
        """Take one of the seven test weeks of the Handbook's world, without the cards that are known as stolen."""
        world = simulate(seed, rules)
        first_day = FIRST_TEST_DAY + (week - 1) * TEST_DAYS
        rows = _rows_until(world.day, first_day)
        first = int(np.searchsorted(world.day, first_day))
        return cls(world.payments(), world.fraud, rows, first, judged_rows(world, first_day))

    @classmethod
    def of_town(cls, seed: int, week: int, rules: Rules) -> "SentWeek":
        """Take a week of a town, from the day on which its longest histories are full."""
        first_day = MERCHANT_WINDOW_DAYS + (week - 1) * TEST_DAYS
        town = simulate_town(seed, replace(rules, days=first_day + TEST_DAYS))
        rows = _rows_until(town.day, first_day)
        first = int(np.searchsorted(town.day, first_day))
        return cls(town.payments, town.fraud, rows, first, rows[rows >= first])


def _rows_until(day: Ints, first_day: int) -> Ints:
    """Return the rows of the week that begins on that day, and of the days that its features look back."""
    return np.flatnonzero((day >= first_day - MERCHANT_WINDOW_DAYS) & (day < first_day + TEST_DAYS))


def compare_live_with_offline(url: str | None, week: SentWeek, *, as_json: bool, progress: Progress) -> bool:
    """
    Replay, compare and print. Returns whether live and offline scores rank alike.

    Args:
        url: Of a running gateway; None starts a stack of its own.
        week: What is sent and judged.

    Raises:
        ReplayError: no gateway answers at `url`, or it refuses a valid request.
    """
    rows = week.rows
    started_s = time.perf_counter()
    with contextlib.nullcontext(url) if url else _own_stack() as at:
        replayed = asyncio.run(
            replay(
                week.payments,
                rows,
                at,
                judged_from=int(np.searchsorted(rows, week.first)),
                progress=lambda sent: progress("payments", sent, rows.size),
            )
        )
    rate = rows.size / (time.perf_counter() - started_s)

    judged = week.judged
    live = replayed.scores[np.searchsorted(rows, judged)]
    model = Model.load(ARTIFACTS)
    offline = model.risk_scores(features(week.payments, judged, label_delay_ms=model.label_delay_days * DAY_MS))
    both = _figures(week, live), _figures(week, offline)
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


def _figures(week: SentWeek, scores: Floats) -> Figures:
    """Compute figures; a payment without a score ranks last."""
    judged, payments = week.judged, week.payments
    day = payments.time_ms[judged] // DAY_MS
    return figures(week.fraud[judged], np.nan_to_num(scores, nan=-1.0), day, payments.user[judged])


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
