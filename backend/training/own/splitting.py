"""
Splits payments by time, as a model would have met them: what it may learn from, a gap until labels are known, the test.

A model that is to judge the first day of the test can have learned only from payments whose labels had come by then.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS
from training.errors import UnusableDataError
from training.examples.protocol import WARM_UP_DAYS
from training.own.payments import OwnPayments

Ints = NDArray[np.int64]

TEST_DAYS = 56
PART_OF_TIME = 4  # test and gap each take at most a quarter of the days that there are


@dataclass(frozen=True, slots=True)
class Split:
    """
    Rows of the payments.

    Attributes:
        train, test: Payments with labels, in order of time.
        test_from_ms, test_until_ms: The test's time, in milliseconds since 1970.
        gap_days: How long before the test the training ends.
        warm_up: How many of the first rows of `train` have histories that are not yet full.
        notes: Sentences about what had to be shortened.
    """

    train: Ints
    test: Ints
    test_from_ms: int
    test_until_ms: int
    gap_days: int
    warm_up: int
    notes: tuple[str, ...]


def split(own: OwnPayments, *, test_days: int = TEST_DAYS) -> Split:
    """
    Split by the last whole days that have genuine payments: until then labels are complete.

    Raises:
        UnusableDataError: there is no fraud, or no genuine payment.
    """
    notes = []
    day, known, fraud = own.day, own.is_labelled, own.is_fraud
    genuine = known & ~fraud
    if not fraud.any() or not genuine.any():
        raise UnusableDataError(f"there is no {'genuine payment' if fraud.any() else 'fraud'} among the payments")
    past = int(day[genuine][-1]) + 1
    days = past - int(day[0])
    most = max(1, days // PART_OF_TIME)
    if test_days > most:
        notes.append(f"{days} days of payments are few: the test is their last {most} days, not {test_days}")
    first = past - min(test_days, most)
    gap_days = min(own.label_delay_days, most)
    if gap_days < own.label_delay_days:
        notes.append(
            f"the gap before the test is {gap_days} days, not the {own.label_delay_days} after which labels are known: "
            "these figures are better than what a live model reaches"
        )
    if own.delay_from == "assumed":
        notes.append(
            f"nothing says when labels became known: {own.label_delay_days} days are assumed; say it with "
            "--label-delay-days, or map label_at"
        )
    test = np.flatnonzero(known & (day >= first) & (day < past))
    train = np.flatnonzero(known & (day < first - gap_days))
    warm_up_days = min(WARM_UP_DAYS, days // PART_OF_TIME)
    warm_up = int(np.searchsorted(day[train], day[0] + warm_up_days))
    return Split(train, test, first * DAY_MS, past * DAY_MS, gap_days, warm_up, tuple(notes))


def last_days(own: OwnPayments, *, test_days: int, from_ms: int) -> Split:
    """
    Select the last days for a test alone: from `from_ms` on at the earliest, and with at least one fraud.

    Raises:
        UnusableDataError: there is no fraud, or no genuine payment.
    """
    known, fraud = own.is_labelled, own.is_fraud
    new = own.payments.time_ms >= from_ms
    if not (fraud & new).any() or not (known & ~fraud & new).any():
        raise UnusableDataError("there are not both frauds and genuine payments among the payments to be judged")
    past = int(own.day[known & ~fraud & new][-1]) + 1
    past = max(past, int(own.day[fraud & new][0]) + 1)
    first = min(past - test_days, int(own.day[fraud & new & (own.day < past)][-1]))
    first_ms = max(first * DAY_MS, from_ms)
    test = np.flatnonzero(known & (own.payments.time_ms >= first_ms) & (own.day < past))
    return Split(np.empty(0, dtype=np.int64), test, first_ms, past * DAY_MS, own.label_delay_days, 0, ())
