"""
The 26 features of one payment, as Sentinel's brain computed them with numpy in November 2026.

Copied, for one row. Every payment of the last 7 days counts as not known yet, every older one as genuine: the naive
stack keeps no labels. NaN means unknown, 0 that there was nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protos import fraud_pb2

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Documents = Sequence[Mapping[str, Any]]

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NEVER_MS = 2**61
LABEL_DELAY_MS = 7 * DAY_MS
AMOUNT_MINOR_MAX = 100_000_000
USUAL_EVENTS = 50
SPREAD_MIN, SPREAD_ORDINARY, SPREAD_ORDINARY_EVENTS = 0.3, 1.0, 10
QUARTILES_TO_SPREAD, OUTLIER_SPREADS, TIMES_MIN = 1.349, 2.0, 0.001


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two histories: whose field it is found by, how far back, and how many payments at most."""

    field: str
    window_ms: int
    events_max: int


USER = Side("user_id", 30 * DAY_MS, 256)
MERCHANT = Side("merchant_id", 37 * DAY_MS, 512)

FEATURE_NAMES = (
    "amount_alone", "user_count_1h", "user_count_1d", "user_count_7d", "user_count_30d", "amount_to_user_median",
    "amount_to_user_high", "amount_to_user_spread", "user_hours_since_last", "user_outliers_14d",
    "user_days_since_outlier", "user_days_since_first_outlier_14d", "user_frauds_30d", "merchant_new_to_user",
    "merchant_count_7d", "amount_to_merchant_median", "amount_to_merchant_spread", "merchant_known_14d",
    "merchant_known_37d", "merchant_risk_14d", "merchant_risk_37d", "merchant_days_since_fraud",
    "merchant_days_since_genuine", "merchant_run_frauds", "merchant_run_days", "merchant_run_lowest_to_median",
)  # fmt: skip
_MERCHANT_COLUMNS = [i for i, name in enumerate(FEATURE_NAMES) if name.startswith(("merchant_", "amount_to_merchant"))]
_MERCHANT_COLUMNS.remove(FEATURE_NAMES.index("merchant_new_to_user"))


@dataclass(frozen=True, slots=True)
class Window:
    """
    The history of one payment, newest first: one row of w columns.

    Attributes:
        counts: (1,) number of events.
        age_ms: (1, w) how long before the payment.
        amount_minor: (1, w) at most AMOUNT_MINOR_MAX.
        known, fraud: (1, w) whether it was known then if it was fraud, and whether it was.
        same: (1, w) whether its counterparty is the payment's.
    """

    counts: Ints
    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools
    same: Bools

    @classmethod
    def of(cls, events: Documents, *, now_ms: int, field: str, counterparty: str) -> "Window":
        """Lay out what the ledger found."""
        age_ms = now_ms - np.array([event["time_ms"] for event in events], dtype=np.int64)
        amount = np.array([event["amount_minor"] for event in events], dtype=np.int64)
        same = np.array([event[field] == counterparty for event in events], dtype=np.bool_)
        return cls(
            counts=np.array([len(events)]),
            age_ms=age_ms[None],
            amount_minor=np.clip(amount, 0, AMOUNT_MINOR_MAX)[None],
            known=(age_ms >= LABEL_DELAY_MS)[None],
            fraud=np.zeros((1, len(events)), dtype=np.bool_),
            same=same[None],
        )


@np.errstate(invalid="ignore", divide="ignore")
def compute(payment: fraud_pb2.Transaction, of_user: Documents, of_merchant: Documents) -> Floats:
    """Compute the features of one payment: (1, F) in the order of FEATURE_NAMES."""
    now_ms = payment.event_time_ms
    user = Window.of(of_user, now_ms=now_ms, field="merchant_id", counterparty=payment.merchant_id)
    merchant = Window.of(of_merchant, now_ms=now_ms, field="user_id", counterparty=payment.user_id)
    amount = np.clip(np.array([payment.amount.minor_units]), 0, AMOUNT_MINOR_MAX) / 100
    columns = {
        "amount_alone": np.where(user.counts == 0, amount, np.nan),
        **_user_features(user, amount),
        **_merchant_features(merchant, amount),
    }
    x = np.empty((1, len(FEATURE_NAMES)))
    for index, name in enumerate(FEATURE_NAMES):
        x[:, index] = columns[name]
    if not payment.merchant_id:
        x[:, _MERCHANT_COLUMNS] = np.nan
    return x


def _user_features(user: Window, amount: Floats) -> dict[str, NDArray[np.generic]]:
    n = user.counts
    usual = _Usual.of(user)
    outlier_twice_minor = np.where(
        usual.twice_median > 0, usual.twice_median * np.exp(OUTLIER_SPREADS * usual.spread), np.inf
    )
    outlier = user.amount_minor * 2 > outlier_twice_minor[:, None]
    outlier_age_ms = np.where(outlier, user.age_ms, NEVER_MS)
    outliers_14d = outlier_age_ms <= 14 * DAY_MS
    return {
        "user_count_1h": (user.age_ms <= HOUR_MS).sum(axis=1),
        "user_count_1d": (user.age_ms <= DAY_MS).sum(axis=1),
        "user_count_7d": (user.age_ms <= 7 * DAY_MS).sum(axis=1),
        "user_count_30d": n,
        "amount_to_user_median": usual.times_median(amount),
        "amount_to_user_high": _ratio(amount, usual.high_minor / 100),
        "amount_to_user_spread": usual.spreads_above_median(amount),
        "user_hours_since_last": _age(user.age_ms.min(axis=1, initial=NEVER_MS), HOUR_MS),
        "user_outliers_14d": outliers_14d.sum(axis=1),
        "user_days_since_outlier": _age(outlier_age_ms.min(axis=1, initial=NEVER_MS), DAY_MS),
        "user_days_since_first_outlier_14d": _age(
            np.where(outliers_14d, user.age_ms, 0).max(axis=1, initial=0), DAY_MS
        ),
        "user_frauds_30d": user.fraud.sum(axis=1),
        "merchant_new_to_user": np.where(n > 0, ~user.same.any(axis=1), np.nan),
    }


def _merchant_features(merchant: Window, amount: Floats) -> dict[str, NDArray[np.generic]]:
    usual = _Usual.of(merchant)
    known_age_ms = np.where(merchant.known, merchant.age_ms, NEVER_MS)
    fraud_age_ms = np.where(merchant.fraud, merchant.age_ms, NEVER_MS)
    genuine = merchant.known & ~merchant.fraud
    run = merchant.fraud & ~np.logical_or.accumulate(genuine, axis=1)

    columns: dict[str, NDArray[np.generic]] = {}
    for days in (14, 37):
        known = (known_age_ms <= days * DAY_MS).sum(axis=1)
        frauds = (fraud_age_ms <= days * DAY_MS).sum(axis=1)
        columns[f"merchant_known_{days}d"] = known
        columns[f"merchant_risk_{days}d"] = _ratio(frauds, known)
    lowest = np.where(run, merchant.amount_minor, NEVER_MS).min(axis=1, initial=NEVER_MS)
    return columns | {
        "merchant_count_7d": (merchant.age_ms <= 7 * DAY_MS).sum(axis=1),
        "amount_to_merchant_median": usual.times_median(amount),
        "amount_to_merchant_spread": usual.spreads_above_median(amount),
        "merchant_days_since_fraud": _age(fraud_age_ms.min(axis=1, initial=NEVER_MS), DAY_MS),
        "merchant_days_since_genuine": _age(
            np.where(genuine, merchant.age_ms, NEVER_MS).min(axis=1, initial=NEVER_MS), DAY_MS
        ),
        "merchant_run_frauds": run.sum(axis=1),
        "merchant_run_days": _age(np.where(run, merchant.age_ms, 0).max(axis=1, initial=0), DAY_MS),
        "merchant_run_lowest_to_median": np.where(
            lowest < NEVER_MS, usual.times_median(np.minimum(lowest, AMOUNT_MINOR_MAX) / 100), np.nan
        ),
    }


@dataclass(frozen=True, slots=True)
class _Usual:
    """The usual amounts of a history by its newest USUAL_EVENTS: see brain/features of November 2026."""

    twice_median: Ints
    high_minor: Ints
    spread: Floats

    @classmethod
    def of(cls, window: Window) -> "_Usual":
        newest = np.zeros((len(window.counts), min(window.amount_minor.shape[1], USUAL_EVENTS) + 1), dtype=np.int64)
        newest[:, 1:] = window.amount_minor[:, :USUAL_EVENTS]
        ascending = np.sort(newest, axis=1)
        n = np.minimum(window.counts, USUAL_EVENTS)
        first, row = ascending.shape[1] - np.maximum(n, 1), np.arange(len(n))

        def at(percent: int) -> Ints:
            found: Ints = ascending[row, first + (np.maximum(n, 1) - 1) * percent // 100]
            return found

        middle: Ints = ascending[row, first + (np.maximum(n, 1) - 1) // 2] + ascending[row, first + n // 2]
        quartiles = np.log((at(75) + 1) / (at(25) + 1)) / QUARTILES_TO_SPREAD
        seen = quartiles * n + SPREAD_ORDINARY * SPREAD_ORDINARY_EVENTS
        return cls(middle, at(90), np.maximum(seen / (n + SPREAD_ORDINARY_EVENTS), SPREAD_MIN))

    def times_median(self, amount: Floats) -> Floats:
        return _ratio(amount, self.twice_median / 200)

    def spreads_above_median(self, amount: Floats) -> Floats:
        return np.log(np.maximum(self.times_median(amount), TIMES_MIN)) / self.spread


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    return np.where(np.greater(whole, 0), np.divide(part, whole), np.nan)


def _age(age_ms: Ints, unit_ms: int) -> Floats:
    return np.where((age_ms > 0) & (age_ms < NEVER_MS), age_ms / unit_ms, np.nan)
