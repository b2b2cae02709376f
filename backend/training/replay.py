"""
`sentinel model replay`: sends a test week through the real gateway and brain.

Sends the 37 days that fill the histories, then the test week, with the label of each fraud when it became known, and
compares the scores with those computed offline. Without --url it starts a mongod, a brain and a gateway of its own,
with longer budgets than usual. Exit status 1 when the two differ by more than 0.01 AP.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brain.domain import MERCHANT_WINDOW_DAYS
from brain.features.windows import NEVER_MS
from brain.model.artifact import Model
from local import mongod
from tests.callers import KEY
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from training.evaluation.metrics import Figures, figures
from training.examples.histories import features
from training.examples.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.live import Floats, Ints, Replayed, Texts, replay
from training.options import Progress
from training.payments import Payments
from training.train import ARTIFACTS
from training.world.simulator import DAY_MS, simulate
from training.world.simulator import Rules as HandbookRules
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

Bools = NDArray[np.bool_]
Promote = tuple[Path, Callable[[str | None], None]]

AP_DIFFERENCE_MAX = 0.01
SAME_SCORE = 1e-6
# Of the stack that is started here: scores are compared, not latencies, and a busy machine misses the usual budgets.
PATIENCE = {
    "GATEWAY_SCORING_BUDGET_MS": "3000",
    "GATEWAY_LEDGER_BUDGET_MS": "5000",
    "BRAIN_HISTORY_MIB": "128",  # as it ships, for 730,000 payments; processes of tests have less
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


def compare_live_with_offline(
    url: str | None, week: SentWeek, *, as_json: bool, progress: Progress, promote: Promote | None = None
) -> bool:
    """
    Replay, compare and print. Returns whether live and offline scores rank alike.

    Args:
        url: Of a running gateway; None starts a stack of its own.
        week: What is sent and judged.
        promote: Lets another model decide, once half of the test week is sent: its artifact, and what does that with
            the address of the own stack's ledger, or None.

    Raises:
        ReplayError: no gateway answers at `url`, or it refuses a valid request.
    """
    rows = week.rows
    started_s = time.perf_counter()
    with contextlib.nullcontext((url, None)) if url else _own_stack() as (at, ledger_url):
        replayed = asyncio.run(
            replay(
                week.payments,
                rows,
                at,
                judged_from=int(np.searchsorted(rows, week.first)),
                progress=lambda sent: progress("payments", sent, rows.size),
                halfway=None if promote is None else partial(promote[1], ledger_url),
                key=os.environ.get("SENTINEL_KEY") if url else KEY,
            )
        )
    rate = rows.size / (time.perf_counter() - started_s)

    judged = week.judged
    places = np.searchsorted(rows, judged)
    live, by = replayed.scores[places], replayed.models[places]
    models = [Model.load(directory) for directory in (ARTIFACTS, *([] if promote is None else [promote[0]]))]
    named = {f"{model.name} {model.version}": model for model in models}
    offline = _offline(week, replayed, named, by)
    both = _figures(week, live), _figures(week, offline)
    same = float(np.mean(np.abs(live - offline) < SAME_SCORE))
    if as_json:
        print(json.dumps(_summary(replayed, both, same, payments=rows.size, per_s=rate)))
    else:
        _print_table(replayed, both, same, payments=rows.size, per_s=rate)
    scored_by = set(by.tolist()) - {""}
    if scored_by != named.keys():
        print(f"scored by {scored_by}, not by {' and '.join(named)}", file=sys.stderr)
        return False
    return abs(both[0].ap - both[1].ap) <= AP_DIFFERENCE_MAX


def _offline(week: SentWeek, replayed: Replayed, models: Mapping[str, Model], by: Texts) -> Floats:
    """Score each payment by the model that scored it in the chain; one that nothing scored by the first."""
    payments, judged = week.payments, week.judged
    blocked = np.zeros(len(payments), dtype=np.bool_)
    blocked[week.rows] = replayed.blocked
    payments = replace(payments, is_blocked=blocked, known_at_ms=np.where(blocked, NEVER_MS, payments.known_at_ms))
    scores = np.full(judged.size, np.nan)
    first = next(iter(models))
    for name, model in models.items():
        own = (by == name) | ((by == "") & (name == first))
        delay_ms = model.label_delay_days * DAY_MS
        scores[own] = model.risk_scores(features(payments, judged[own], label_delay_ms=delay_ms))
    return scores


@contextlib.contextmanager
def _own_stack() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url, environment=PATIENCE) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port, environment=PATIENCE) as gateway,
            WorkerProcess(directory, mongodb_url=ledger.url, brain_port=brain.port, environment=PATIENCE),
        ):
            yield gateway.url, ledger.url


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
        "scored_by": {name: int(np.count_nonzero(replayed.models == name)) for name in set(replayed.models) - {""}},
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
