"""
What a model would have decided about payments of others, in order of time, within the budgets of the gateway.

The very code of the gateway rules here, with the payments' own time as its clock. Payments before the test time fill
the histories and give the review threshold traffic to follow; they are not counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.features.windows import LABEL_DELAY_MS
from brain.model.artifact import Model
from brain.model.levels import limits, risk_level
from gateway.domain import Decision
from gateway.scoring.wire import to_score
from gateway.verdict.budgets.service import Budgets
from protos import fraud_pb2
from training.errors import UnusableDataError
from training.examples.histories import features
from training.world.payments import Payments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# What the review threshold is taken from, and a few days more, because it rises by a twenty-fourth of its way an hour.
WARM_UP_PAYMENTS, WARM_UP_DAYS = 20_000, 7
# The clock of the budgets goes on in steps: a threshold rises by a twenty-fourth of its way in one, and finding where
# it should go takes milliseconds.
STEP_S = 3600
WEEK_DAYS = 7

_DECISIONS = tuple(Decision)


@dataclass(frozen=True, slots=True)
class Backtest:
    """
    n payments of the test time, what they were and what would have been decided.

    Attributes:
        first_day, last_day: Of the test time, counted from 2018-04-01.
        fraud: (n,) what each was.
        amount_minor: (n,) hundredths.
        scores: (n,) risk scores.
        declined, reviewed: (n,) with all budgets applied.
    """

    first_day: int
    last_day: int
    fraud: Bools
    amount_minor: Ints
    scores: Floats
    declined: Bools
    reviewed: Bools

    def genuine_share(self, decided: Bools) -> float | None:
        """Share of the genuine payments that were so decided; None where there are none."""
        return _share(int((decided & ~self.fraud).sum()), int((~self.fraud).sum()))

    def fraud_share(self, decided: Bools) -> float | None:
        """Share of the frauds, by count."""
        return _share(int((decided & self.fraud).sum()), int(self.fraud.sum()))

    def fraud_value_share(self, decided: Bools) -> float | None:
        """Share of the frauds, by value; None where they are worth nothing."""
        return _share(int(self.amount_minor[decided & self.fraud].sum()), int(self.amount_minor[self.fraud].sum()))


def backtest(
    model: Model, payments: Payments, *, weeks: int, label_delay_ms: int = LABEL_DELAY_MS, may_block: bool | None = None
) -> Backtest:
    """
    Decide about the payments of the test time.

    Args:
        model: Frozen.
        payments: In order of time.
        weeks: How long the test time is at most; it never takes more than the last half of the days, unless the
            latest fraud is older: then it begins with that.
        label_delay_ms: How late frauds become known.
        may_block: Whether the model may block; None: as its metadata says.

    Raises:
        UnusableDataError: there is no fraud among them.
    """
    first_day = first_test_day(payments, weeks=weeks)
    day = payments.day
    test_begin = int(np.searchsorted(day, first_day))
    begin = min(int(np.searchsorted(day, first_day - WARM_UP_DAYS)), max(0, test_begin - WARM_UP_PAYMENTS))
    rows = np.arange(begin, day.size)
    scores = model.risk_scores(features(payments, rows, label_delay_ms=label_delay_ms))
    decisions = _decisions(model, payments.time_ms[rows], scores, may_block=may_block)[test_begin - begin :]
    return Backtest(
        first_day=first_day,
        last_day=int(day[-1]),
        fraud=payments.fraud[test_begin:],
        amount_minor=payments.amount_minor[test_begin:],
        scores=scores[test_begin - begin :],
        declined=decisions == _DECISIONS.index(Decision.BLOCK),
        reviewed=decisions == _DECISIONS.index(Decision.REVIEW),
    )


def first_test_day(payments: Payments, *, weeks: int) -> int:
    """
    The first day of the test time, counted from 2018-04-01. Args as for `backtest`.

    Raises:
        UnusableDataError: there is no fraud among the payments.
    """
    if not payments.fraud.any():
        raise UnusableDataError("none of these payments is a fraud, so it cannot be told what would be caught")
    day = payments.day
    first, past = int(day[0]), int(day[-1]) + 1
    return min(max(past - weeks * WEEK_DAYS, first + (past - first) // 2), int(day[payments.fraud][-1]))


def _decisions(model: Model, time_ms: Ints, scores: Floats, *, may_block: bool | None) -> Ints:
    """(n,) index of each decision, taken one after the other: what is decided counts for what comes after it."""
    clock_s = time_ms[0] // 1000
    budgets = Budgets(lambda: clock_s, source="backtest")
    reply = fraud_pb2.ScoreReply(
        transaction_id="backtest", model_name=model.name, model_version=model.version, limits=limits(model)
    )
    if may_block is not None:
        reply.limits.may_block = may_block
    decisions = np.empty(scores.size, dtype=np.int64)
    for index, (at_ms, reply.risk_score) in enumerate(zip(time_ms.tolist(), scores.tolist(), strict=True)):
        clock_s = at_ms // 1000 // STEP_S * STEP_S
        reply.risk_level = risk_level(reply.risk_score, model.thresholds)
        ruling = budgets.rule(to_score(reply, transaction_id="backtest"))
        budgets.decided(ruling)
        decisions[index] = _DECISIONS.index(ruling.decision)
    return decisions


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
