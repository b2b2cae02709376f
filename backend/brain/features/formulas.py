"""
Computes the features of the model: one vectorised implementation for training and for serving.

Every sum is over integers, so that a row's features have the same bits in any batch and padding. NaN means unknown;
0 means that there was nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.features.columns import NEVER_MS
from brain.features.windows import AMOUNT_MINOR_MAX, Batch, Window, build_batch

__all__ = ["FEATURE_NAMES", "Batch", "build_batch", "compute"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOUR_MS = 3_600_000

# The newest payments define what is usual: habits change, and sorting 50 costs a tenth of sorting 512.
USUAL_EVENTS = 50

# Amounts are skewed, so distances from the usual are in natural logarithms, divided by the spread of the history.
# A user who always pays the same has no spread; without a floor every cent would be a thousand spreads.
SPREAD_MIN = 0.3
# Two payments do not define a spread. It is estimated as if ten payments with an ordinary spread came before them.
SPREAD_ORDINARY, SPREAD_ORDINARY_EVENTS = 1.0, 10
QUARTILES_TO_SPREAD = 1.349  # the distance of the quartiles of a normal distribution, in standard deviations

# One of fifty payments is so many spreads above the usual, if their logarithms are normal.
OUTLIER_SPREADS = 2.0

TIMES_MIN = 0.001  # of the median: below it, and for an amount of 0, the logarithm carries no more information

FEATURE_NAMES: tuple[str, ...] = (
    "amount_alone",
    "user_count_1h",
    "user_count_1d",
    "user_count_7d",
    "user_count_30d",
    "amount_to_user_median",
    "amount_to_user_high",
    "amount_to_user_spread",
    "user_hours_since_last",
    "user_outliers_14d",
    "user_days_since_outlier",
    "user_days_since_first_outlier_14d",
    "user_frauds_30d",
    "merchant_new_to_user",
    "merchant_count_7d",
    "amount_to_merchant_median",
    "amount_to_merchant_spread",
    "merchant_known_14d",
    "merchant_known_37d",
    "merchant_risk_14d",
    "merchant_risk_37d",
    "merchant_days_since_fraud",
    "merchant_days_since_genuine",
    "merchant_run_frauds",
    "merchant_run_days",
    "merchant_run_lowest_to_median",
)


@np.errstate(invalid="ignore", divide="ignore")
def compute(batch: Batch) -> Floats:
    """
    Compute the features of n queries: (n, F) in the order of FEATURE_NAMES.

    Amounts are in units of the reference currency, or multiples of another amount; spreads are natural logarithms;
    ages in hours or days as their names say. `amount_alone` is the amount of a user without payments to compare it
    with, else NaN: what 250 means depends on what the user usually pays, so an amount must not outweigh a history.
    """
    amount = np.where(batch.has_amount, batch.amount_minor / 100, np.nan)
    columns = {
        "amount_alone": np.where(batch.user.counts == 0, amount, np.nan),
        **_user_features(batch.user, amount),
        **_merchant_features(batch.merchant, amount),
    }
    x = np.empty((len(amount), len(FEATURE_NAMES)))
    for index, name in enumerate(FEATURE_NAMES):
        x[:, index] = columns[name]
    x[np.flatnonzero(~batch.user.readable)[:, None], _USER_COLUMNS] = np.nan
    x[np.flatnonzero(~batch.merchant.readable)[:, None], _MERCHANT_COLUMNS] = np.nan
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
    """
    The usual amounts of each of n histories, by the newest USUAL_EVENTS of each.

    Attributes:
        twice_median: (n,) twice the median amount in hundredths, an integer; 0 without events.
        high_minor: (n,) the 90th percentile of the amounts, hundredths; 0 without events.
        spread: (n,) standard deviation of the amounts' natural logarithms, estimated from their quartiles.
    """

    twice_median: Ints
    high_minor: Ints
    spread: Floats

    @classmethod
    def of(cls, window: Window) -> "_Usual":
        # Padding is 0 and sorts first, so the events are in the last n columns. One more column for empty histories.
        newest = np.zeros((len(window.counts), min(window.amount_minor.shape[1], USUAL_EVENTS) + 1), dtype=np.int64)
        newest[:, 1:] = window.amount_minor[:, :USUAL_EVENTS]
        ascending = np.sort(newest, axis=1)
        n = np.minimum(window.counts, USUAL_EVENTS)
        first, row = ascending.shape[1] - np.maximum(n, 1), np.arange(len(n))

        def at(percent: int) -> Ints:
            found: Ints = ascending[row, first + (np.maximum(n, 1) - 1) * percent // 100]
            return found

        middle: Ints = ascending[row, first + (np.maximum(n, 1) - 1) // 2] + ascending[row, first + n // 2]
        # a hundredth more, so that an amount of 0 has a logarithm
        quartiles = np.log((at(75) + 1) / (at(25) + 1)) / QUARTILES_TO_SPREAD
        seen = quartiles * n + SPREAD_ORDINARY * SPREAD_ORDINARY_EVENTS
        return cls(middle, at(90), np.maximum(seen / (n + SPREAD_ORDINARY_EVENTS), SPREAD_MIN))

    def times_median(self, amount: Floats) -> Floats:
        """Divide amounts (n,) in units by the median; NaN where there is none."""
        return _ratio(amount, self.twice_median / 200)

    def spreads_above_median(self, amount: Floats) -> Floats:
        """Return how many spreads amounts (n,) are above the median; NaN where there is none."""
        return np.log(np.maximum(self.times_median(amount), TIMES_MIN)) / self.spread


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    """Divide; NaN where the whole is not positive."""
    return np.where(np.greater(whole, 0), np.divide(part, whole), np.nan)


def _age(age_ms: Ints, unit_ms: int) -> Floats:
    """Convert ages to the unit; NaN for "never" (NEVER_MS, or 0, which no event has)."""
    return np.where((age_ms > 0) & (age_ms < NEVER_MS), age_ms / unit_ms, np.nan)


def _columns(*prefixes: str) -> Ints:
    """Find the columns of features whose names begin with one of the prefixes."""
    return np.array([i for i, name in enumerate(FEATURE_NAMES) if name.startswith(prefixes)])


# Features that are unknown without the history of the user, or that of the merchant.
_USER_COLUMNS = _columns("user_", "amount_to_user", "merchant_new_to_user")
_MERCHANT_COLUMNS = _columns("merchant_", "amount_to_merchant")
