"""Computes what the amounts and times of the user's payments tell."""

import math
from typing import NamedTuple

from brain.compiled import borrowing
from brain.domain import DAY_MS, HOUR_MS
from brain.features.usual import (
    age_in,
    outlier_twice_minor,
    ratio,
    spreads_above_median,
    times_median,
    usual_amounts,
)
from brain.features.windows import Window

NEAR_HOUR_MS = 3 * HOUR_MS


class UserFeatures(NamedTuple):
    """What the history of the user tells. Unknown without it. Sums of amounts are multiples of the user's median."""

    user_count_1h: float
    user_count_1d: float
    user_count_7d: float
    user_count_30d: float
    amount_to_user_median: float
    amount_to_user_high: float
    amount_to_user_spread: float
    user_hours_since_last: float
    user_outliers_14d: float
    user_days_since_outlier: float
    user_days_since_first_outlier_14d: float
    user_frauds_30d: float
    user_amount_1h: float
    user_amount_1d: float
    user_amount_7d: float
    user_near_hour_share: float


@borrowing
def user_features(seen: Window, amount: float) -> UserFeatures:
    """Compute them from the window of the user; the amount is in units."""
    usual = usual_amounts(seen.amount_minor, seen.n, seen.sorted)
    stands_out = outlier_twice_minor(usual)
    in_hour = in_day = in_week = outliers = frauds = near_hour = 0
    sum_1h = sum_1d = sum_7d = newest_outlier_ms = first_outlier_ms = 0
    for i in range(seen.n):
        age_ms, amount_minor = seen.age_ms[i], seen.amount_minor[i]
        if age_ms <= 7 * DAY_MS:
            in_week += 1
            sum_7d += amount_minor
        if age_ms <= DAY_MS:
            in_day += 1
            sum_1d += amount_minor
        if age_ms <= HOUR_MS:
            in_hour += 1
            sum_1h += amount_minor
        frauds += seen.fraud[i]
        if amount_minor * 2 > stands_out:
            newest_outlier_ms = newest_outlier_ms or age_ms
            if age_ms <= 14 * DAY_MS:
                outliers += 1
                first_outlier_ms = age_ms
        near_hour += (age_ms + NEAR_HOUR_MS) % DAY_MS <= 2 * NEAR_HOUR_MS
    median = usual.twice_median / 2
    last_hours = age_in(seen.age_ms[0], HOUR_MS) if seen.n > 0 else math.nan
    return UserFeatures(
        user_count_1h=float(in_hour),
        user_count_1d=float(in_day),
        user_count_7d=float(in_week),
        user_count_30d=float(seen.n),
        amount_to_user_median=times_median(usual, amount),
        amount_to_user_high=ratio(amount, usual.high_minor / 100),
        amount_to_user_spread=spreads_above_median(usual, amount),
        user_hours_since_last=last_hours,
        user_outliers_14d=float(outliers),
        user_days_since_outlier=age_in(newest_outlier_ms, DAY_MS),
        user_days_since_first_outlier_14d=age_in(first_outlier_ms, DAY_MS),
        user_frauds_30d=float(frauds),
        user_amount_1h=ratio(sum_1h, median),
        user_amount_1d=ratio(sum_1d, median),
        user_amount_7d=ratio(sum_7d, median),
        user_near_hour_share=ratio(near_hour, seen.n),
    )
