"""
Computes the features of the model: one implementation for training, for serving and for debugging.

Every sum is over integers, so that a row's features have the same bits in any batch. NaN means unknown; 0 means that
there was nothing.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import AMOUNT_MINOR, KEYS, MERCHANT, NOBODY, Row
from brain.compiled import compiled
from brain.domain import DAY_MS
from brain.features.usual import outlier_twice_minor, ratio, spreads_above_median, times_median, usual_amounts
from brain.features.windows import AMOUNT_MINOR_MAX, UNREADABLE, Window

Floats = NDArray[np.float64]
Events = NDArray[np.void]

HOUR_MS = 3_600_000


class UserFeatures(NamedTuple):
    """What the history of the user tells. Unknown without that history."""

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
    merchant_new_to_user: float


class MerchantFeatures(NamedTuple):
    """What the history of the merchant tells. A run is of known frauds without a known genuine payment between."""

    merchant_count_7d: float
    amount_to_merchant_median: float
    amount_to_merchant_spread: float
    merchant_known_14d: float
    merchant_known_37d: float
    merchant_risk_14d: float
    merchant_risk_37d: float
    merchant_days_since_fraud: float
    merchant_days_since_genuine: float
    merchant_run_frauds: float
    merchant_run_days: float
    merchant_run_lowest_to_median: float


FEATURE_NAMES: tuple[str, ...] = ("amount_alone", *UserFeatures._fields, *MerchantFeatures._fields)
_USER, _MERCHANT = 1, 1 + len(UserFeatures._fields)  # where the columns of each begin
_NEW_TO_USER = FEATURE_NAMES.index("merchant_new_to_user")


@compiled
def fill_row(x: Floats, query: Row, events: Events, user: Window, merchant: Window) -> None:
    """
    Fill the features (F,) of one query.

    Amounts are in units of the reference currency, or multiples of another amount; spreads are natural logarithms;
    ages in hours or days as their names say. `amount_alone` is the amount of a user without payments to compare it
    with, else NaN: what 250 means depends on what the user usually pays, so an amount must not outweigh a history.

    Args:
        x: To be filled.
        query: (COLUMNS,) a row as in `brain.columns`.
        events: All events, in which the slots of the windows lie.
        user, merchant: What is known of each.
    """
    x[:] = math.nan
    amount = query[AMOUNT_MINOR] / 100 if query[AMOUNT_MINOR] >= 0 else math.nan
    if user.n <= 0:
        x[0] = amount
    if user.n != UNREADABLE:
        for i, value in enumerate(_user_features(user, amount, query, events)):
            x[_USER + i] = value
    if merchant.n != UNREADABLE:
        for i, value in enumerate(_merchant_features(merchant, amount)):
            x[_MERCHANT + i] = value
    else:
        x[_NEW_TO_USER] = math.nan  # there is nobody to be new to


@compiled
def _user_features(seen: Window, amount: float, query: Row, events: Events) -> UserFeatures:
    usual = usual_amounts(seen.amount_minor, seen.n)
    merchant = query[KEYS + MERCHANT]
    stands_out = outlier_twice_minor(usual)
    in_hour = in_day = in_week = outliers = frauds = paid_here = 0
    newest_outlier_ms = first_outlier_ms = 0
    for i in range(seen.n):
        age_ms = seen.age_ms[i]
        in_hour += age_ms <= HOUR_MS
        in_day += age_ms <= DAY_MS
        in_week += age_ms <= 7 * DAY_MS
        frauds += seen.fraud[i]
        paid_here += merchant != NOBODY and events[seen.slot[i]]["keys"][MERCHANT] == merchant
        if seen.amount_minor[i] * 2 > stands_out:
            newest_outlier_ms = newest_outlier_ms or age_ms
            if age_ms <= 14 * DAY_MS:
                outliers += 1
                first_outlier_ms = age_ms
    return UserFeatures(
        user_count_1h=float(in_hour),
        user_count_1d=float(in_day),
        user_count_7d=float(in_week),
        user_count_30d=float(seen.n),
        amount_to_user_median=times_median(usual, amount),
        amount_to_user_high=ratio(amount, usual.high_minor / 100),
        amount_to_user_spread=spreads_above_median(usual, amount),
        user_hours_since_last=_age(seen.age_ms[0], HOUR_MS) if seen.n > 0 else math.nan,
        user_outliers_14d=float(outliers),
        user_days_since_outlier=_age(newest_outlier_ms, DAY_MS),
        user_days_since_first_outlier_14d=_age(first_outlier_ms, DAY_MS),
        user_frauds_30d=float(frauds),
        merchant_new_to_user=math.nan if seen.n == 0 else 0.0 if paid_here else 1.0,
    )


@compiled
def _merchant_features(seen: Window, amount: float) -> MerchantFeatures:
    usual = usual_amounts(seen.amount_minor, seen.n)
    in_week = known_14d = known_37d = frauds_14d = frauds_37d = run_frauds = 0
    newest_fraud_ms = newest_genuine_ms = run_ms = 0
    run_lowest_minor = AMOUNT_MINOR_MAX
    for i in range(seen.n):
        age_ms = seen.age_ms[i]
        in_week += age_ms <= 7 * DAY_MS
        if not seen.known[i]:
            continue
        known_14d += age_ms <= 14 * DAY_MS
        known_37d += age_ms <= 37 * DAY_MS
        if not seen.fraud[i]:
            newest_genuine_ms = newest_genuine_ms or age_ms
            continue
        frauds_14d += age_ms <= 14 * DAY_MS
        frauds_37d += age_ms <= 37 * DAY_MS
        newest_fraud_ms = newest_fraud_ms or age_ms
        if newest_genuine_ms == 0:
            run_frauds += 1
            run_ms = age_ms
            run_lowest_minor = min(run_lowest_minor, seen.amount_minor[i])
    return MerchantFeatures(
        merchant_count_7d=float(in_week),
        amount_to_merchant_median=times_median(usual, amount),
        amount_to_merchant_spread=spreads_above_median(usual, amount),
        merchant_known_14d=float(known_14d),
        merchant_known_37d=float(known_37d),
        merchant_risk_14d=ratio(frauds_14d, known_14d),
        merchant_risk_37d=ratio(frauds_37d, known_37d),
        merchant_days_since_fraud=_age(newest_fraud_ms, DAY_MS),
        merchant_days_since_genuine=_age(newest_genuine_ms, DAY_MS),
        merchant_run_frauds=float(run_frauds),
        merchant_run_days=_age(run_ms, DAY_MS),
        merchant_run_lowest_to_median=times_median(usual, run_lowest_minor / 100) if run_frauds else math.nan,
    )


@compiled
def _age(age_ms: int, unit_ms: int) -> float:
    """Convert an age to the unit; NaN for 0, which no event has."""
    return age_ms / unit_ms if age_ms > 0 else math.nan
