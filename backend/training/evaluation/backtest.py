"""
Computes what a model would have decided about given payments, in order of time, within the budgets of the gateway.

Uses the gateway's own code, with the payments' times as its clock. Payments before the test time fill the histories and
let the review threshold settle; they are not counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.domain import LABEL_DELAY_MS
from brain.model.artifact import Model
from brain.model.levels import limits, risk_level
from gateway.domain import Decision
from gateway.scoring.wire import to_score
from gateway.verdict.budgets.service import Budgets
from protos import fraud_pb2
from training.errors import UnusableDataError
from training.examples.histories import features, payments_of
from training.world.payments import Payments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Enough to compute the review threshold, and a few days more, because it moves a twenty-fourth of its way an hour.
WARM_UP_PAYMENTS, WARM_UP_DAYS = 20_000, 7
# The clock of the budgets advances in steps: a threshold moves a twenty-fourth of its way in each, and computing its
# target takes milliseconds.
STEP_S = 3600
WEEK_DAYS = 7

DECISIONS = tuple(Decision)


@dataclass(frozen=True, slots=True)
class Backtest:
    """
    n payments of the test time with their labels and decisions.

    Attributes:
        first_day, last_day: Of the test time, in days from 2018-04-01.
        fraud: (n,) whether each was fraud.
        amount_minor: (n,) hundredths.
        scores: (n,) risk scores.
        declined, reviewed: (n,) decisions with all budgets applied.
    """

    first_day: int
    last_day: int
    fraud: Bools
    amount_minor: Ints
    scores: Floats
    declined: Bools
    reviewed: Bools

    def genuine_share(self, decided: Bools) -> float | None:
        """Return the share of the genuine payments that are in `decided`; None if there are none."""
        return _share(int((decided & ~self.fraud).sum()), int((~self.fraud).sum()))

    def fraud_share(self, decided: Bools) -> float | None:
        """Return the share of the frauds that are in `decided`, by count."""
        return _share(int((decided & self.fraud).sum()), int(self.fraud.sum()))

    def fraud_value_share(self, decided: Bools) -> float | None:
        """Return the share of the frauds that are in `decided`, by value; None if their value is 0."""
        return _share(int(self.amount_minor[decided & self.fraud].sum()), int(self.amount_minor[self.fraud].sum()))


def backtest(
    model: Model, payments: Payments, *, weeks: int, label_delay_ms: int = LABEL_DELAY_MS, may_block: bool | None = None
) -> Backtest:
    """
    Decide about the payments of the test time.

    Args:
        model: A trained model.
        payments: In order of time.
        weeks: Longest test time. It is at most the last half of the days, unless the latest fraud is older: then it
            begins with that fraud.
        label_delay_ms: How late frauds become known.
        may_block: Whether the model may block; None for what its metadata says.

    Raises:
        UnusableDataError: there is no fraud among them.
    """
    first_day = first_test_day(payments, weeks=weeks)
    day = payments.day
    test_begin = int(np.searchsorted(day, first_day))
    begin = min(int(np.searchsorted(day, first_day - WARM_UP_DAYS)), max(0, test_begin - WARM_UP_PAYMENTS))
    rows = np.arange(begin, day.size)
    scores = model.risk_scores(features(payments_of(payments, label_delay_ms), rows))
    decisions = decide(model, payments.time_ms[rows], scores, may_block=may_block)[test_begin - begin :]
    return Backtest(
        first_day=first_day,
        last_day=int(day[-1]),
        fraud=payments.fraud[test_begin:],
        amount_minor=payments.amount_minor[test_begin:],
        scores=scores[test_begin - begin :],
        declined=decisions == DECISIONS.index(Decision.BLOCK),
        reviewed=decisions == DECISIONS.index(Decision.REVIEW),
    )


def first_test_day(payments: Payments, *, weeks: int) -> int:
    """
    Find the first day of the test time, in days from 2018-04-01. Args as for `backtest`.

    Raises:
        UnusableDataError: there is no fraud among the payments.
    """
    if not payments.fraud.any():
        raise UnusableDataError("none of these payments is a fraud, so what would be caught is unknown")
    day = payments.day
    first, past = int(day[0]), int(day[-1]) + 1
    return min(max(past - weeks * WEEK_DAYS, first + (past - first) // 2), int(day[payments.fraud][-1]))


def decide(model: Model, time_ms: Ints, scores: Floats, *, may_block: bool | None) -> Ints:
    """Decide one payment after the other, as each decision counts for later ones: (n,) positions in DECISIONS."""
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
        decisions[index] = DECISIONS.index(ruling.decision)
    return decisions


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
