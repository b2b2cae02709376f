"""
What the model looks at: one vectorised implementation for training and for serving.

Every sum is taken over integers, so that a row's features have the same bits whatever its batch and padding.
Unknown is NaN; nothing seen is 0.
"""

import numpy as np
from numpy.typing import NDArray

from brain.columns import NEVER_MS
from brain.windows import DAY_MS, Batch, Window, build_batch

__all__ = ["FEATURE_NAMES", "Batch", "build_batch", "compute"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOUR_MS = 3_600_000

# Nearly no one pays more than this many times their own median without something being wrong.
OUTLIER_TIMES = 2.7

# A stolen card is used for more than this: a smaller fraud speaks against the merchant.
LOW_AMOUNT_MINOR = 60_00

# Someone who always pays the same has no spread; without a floor every cent would be a thousand deviations.
STD_SHARE_MIN = 0.1

MEDIAN_EVENTS = 50

FEATURE_NAMES: tuple[str, ...] = (
    "amount",
    "user_count_1h",
    "user_count_1d",
    "user_count_7d",
    "user_count_30d",
    "user_amount_mean_30d",
    "user_amount_std_30d",
    "user_amount_max_30d",
    "user_amount_usual",
    "amount_to_user_mean",
    "amount_to_user_median",
    "amount_to_user_usual",
    "amount_z",
    "user_hours_since_last",
    "user_outliers_7d",
    "user_outliers_14d",
    "user_days_since_outlier",
    "user_days_since_first_outlier_14d",
    "user_frauds_30d",
    "merchant_new_to_user",
    "merchant_count_7d",
    "amount_to_merchant_mean",
    "merchant_known_8d",
    "merchant_known_14d",
    "merchant_known_37d",
    "merchant_risk_8d",
    "merchant_risk_14d",
    "merchant_risk_37d",
    "merchant_low_frauds_37d",
    "merchant_days_since_fraud",
    "merchant_days_since_genuine",
    "merchant_run_frauds",
    "merchant_run_days",
    "merchant_run_lowest_amount",
)


@np.errstate(invalid="ignore", divide="ignore")
def compute(batch: Batch) -> Floats:
    """
    Features of n queries, (n, F) in the order of FEATURE_NAMES.

    Amounts are in units of the reference currency, ages in hours or days as their names say.
    """
    amount = np.where(batch.has_amount, batch.amount_minor / 100, np.nan)
    columns = {
        "amount": amount,
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
    total = user.amount_minor.sum(axis=1)
    mean = _ratio(total / 100, n)
    squares = (user.amount_minor * user.amount_minor).sum(axis=1)
    std = np.sqrt(np.maximum(_ratio(squares / 10_000, n) - mean * mean, 0.0))

    twice_median = _twice_median(user)
    outlier = user.amount_minor * 20 > twice_median[:, None] * round(OUTLIER_TIMES * 10)
    outlier_age_ms = np.where(outlier, user.age_ms, NEVER_MS)
    outliers_14d = outlier_age_ms <= 14 * DAY_MS
    outliers = outlier.sum(axis=1)
    usual = _ratio((total - np.where(outlier, user.amount_minor, 0).sum(axis=1)) / 100, n - outliers)
    return {
        "user_count_1h": (user.age_ms <= HOUR_MS).sum(axis=1),
        "user_count_1d": (user.age_ms <= DAY_MS).sum(axis=1),
        "user_count_7d": (user.age_ms <= 7 * DAY_MS).sum(axis=1),
        "user_count_30d": n,
        "user_amount_mean_30d": mean,
        "user_amount_std_30d": std,
        "user_amount_max_30d": np.where(n > 0, user.amount_minor.max(axis=1, initial=0) / 100, np.nan),
        "user_amount_usual": usual,
        "amount_to_user_mean": _ratio(amount, mean),
        "amount_to_user_median": _ratio(amount, twice_median / 200),
        "amount_to_user_usual": _ratio(amount, usual),
        "amount_z": _ratio(amount - mean, np.maximum(std, STD_SHARE_MIN * mean)),
        "user_hours_since_last": _age(user.age_ms.min(axis=1, initial=NEVER_MS), HOUR_MS),
        "user_outliers_7d": (outlier_age_ms <= 7 * DAY_MS).sum(axis=1),
        "user_outliers_14d": outliers_14d.sum(axis=1),
        "user_days_since_outlier": _age(outlier_age_ms.min(axis=1, initial=NEVER_MS), DAY_MS),
        "user_days_since_first_outlier_14d": _age(
            np.where(outliers_14d, user.age_ms, 0).max(axis=1, initial=0), DAY_MS
        ),
        "user_frauds_30d": user.fraud.sum(axis=1),
        "merchant_new_to_user": np.where(n > 0, ~user.same.any(axis=1), np.nan),
    }


def _merchant_features(merchant: Window, amount: Floats) -> dict[str, NDArray[np.generic]]:
    n = merchant.counts
    known_age_ms = np.where(merchant.known, merchant.age_ms, NEVER_MS)
    fraud_age_ms = np.where(merchant.fraud, merchant.age_ms, NEVER_MS)
    low_fraud = merchant.fraud & (merchant.amount_minor <= LOW_AMOUNT_MINOR)
    genuine = merchant.known & ~merchant.fraud
    run = merchant.fraud & ~np.logical_or.accumulate(genuine, axis=1)

    columns: dict[str, NDArray[np.generic]] = {}
    for days in (8, 14, 37):
        known = (known_age_ms <= days * DAY_MS).sum(axis=1)
        frauds = (fraud_age_ms <= days * DAY_MS).sum(axis=1)
        columns[f"merchant_known_{days}d"] = known
        columns[f"merchant_risk_{days}d"] = _ratio(frauds, known)
    lowest = np.where(run, merchant.amount_minor, NEVER_MS).min(axis=1, initial=NEVER_MS)
    return columns | {
        "merchant_count_7d": (merchant.age_ms <= 7 * DAY_MS).sum(axis=1),
        "amount_to_merchant_mean": _ratio(amount, _ratio(merchant.amount_minor.sum(axis=1) / 100, n)),
        "merchant_low_frauds_37d": low_fraud.sum(axis=1),
        "merchant_days_since_fraud": _age(fraud_age_ms.min(axis=1, initial=NEVER_MS), DAY_MS),
        "merchant_days_since_genuine": _age(
            np.where(genuine, merchant.age_ms, NEVER_MS).min(axis=1, initial=NEVER_MS), DAY_MS
        ),
        "merchant_run_frauds": run.sum(axis=1),
        "merchant_run_days": _age(np.where(run, merchant.age_ms, 0).max(axis=1, initial=0), DAY_MS),
        "merchant_run_lowest_amount": np.where(lowest < NEVER_MS, lowest / 100, np.nan),
    }


def _twice_median(window: Window) -> Ints:
    """(n,) twice the median amount of the newest MEDIAN_EVENTS events, an integer; 0 without events."""
    newest = window.amount_minor[:, :MEDIAN_EVENTS]
    if newest.shape[1] == 0:
        return np.zeros(len(window.counts), dtype=np.int64)
    n = np.minimum(window.counts, MEDIAN_EVENTS)
    # Padding is 0 and sorts first, so the events stand in the last n columns.
    ascending = np.sort(newest, axis=1)
    first = newest.shape[1] - n
    row = np.arange(len(n))
    low = np.minimum(first + (n - 1) // 2, newest.shape[1] - 1)
    high = np.minimum(first + n // 2, newest.shape[1] - 1)
    middle: Ints = ascending[row, low] + ascending[row, high]
    return np.where(n > 0, middle, 0)


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    """Part / whole, NaN where the whole is not positive."""
    return np.where(np.greater(whole, 0), np.divide(part, whole), np.nan)


def _age(age_ms: Ints, unit_ms: int) -> Floats:
    """Ages in the unit, NaN for "never" (NEVER_MS, or 0, which no event has)."""
    return np.where((age_ms > 0) & (age_ms < NEVER_MS), age_ms / unit_ms, np.nan)


def _columns(*prefixes: str) -> Ints:
    """Where the features whose names begin so stand."""
    return np.array([i for i, name in enumerate(FEATURE_NAMES) if name.startswith(prefixes)])


# What nobody can say without the history of the user, and without a merchant that has one.
_USER_COLUMNS = _columns("user_", "amount_to_user", "amount_z", "merchant_new_to_user")
_MERCHANT_COLUMNS = _columns("merchant_", "amount_to_merchant")
