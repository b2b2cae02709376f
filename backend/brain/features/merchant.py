"""Computes what the history of the merchant tells."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import CARD, CARD_BIN, KEYS, Row
from brain.compiled import borrowing
from brain.domain import DAY_MS, HOUR_MS
from brain.features.codes import NO_CODE, short
from brain.features.distinct import begin_set, count_in
from brain.features.links import SMALL_MINOR
from brain.features.usual import age_in, known_if, ratio, spreads_above_median, times_median, usual_amounts
from brain.features.windows import AMOUNT_MINOR_MAX, Window

Events = NDArray[np.void]


class MerchantFeatures(NamedTuple):
    """
    What the history of the merchant tells. A run is of known frauds without a known genuine payment between.

    `merchant_bin_...` are of payments with cards of the same issuer number: who tries stolen cards tries a series.
    """

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
    merchant_count_1h: float
    merchant_small_1h: float
    merchant_bin_count_1h: float
    merchant_bin_cards_1d: float


@borrowing
def merchant_features(seen: Window, amount: float, query: Row, events: Events) -> MerchantFeatures:
    """Compute them from the window of the merchant; the amount is in units."""
    usual = usual_amounts(seen.amount_minor, seen.n, seen.sorted)
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
    in_hour, small_1h, bin_1h, bin_cards_1d = _of_today(seen, query, events)
    return MerchantFeatures(
        merchant_count_7d=float(in_week),
        amount_to_merchant_median=times_median(usual, amount),
        amount_to_merchant_spread=spreads_above_median(usual, amount),
        merchant_known_14d=float(known_14d),
        merchant_known_37d=float(known_37d),
        merchant_risk_14d=ratio(frauds_14d, known_14d),
        merchant_risk_37d=ratio(frauds_37d, known_37d),
        merchant_days_since_fraud=age_in(newest_fraud_ms, DAY_MS),
        merchant_days_since_genuine=age_in(newest_genuine_ms, DAY_MS),
        merchant_run_frauds=float(run_frauds),
        merchant_run_days=age_in(run_ms, DAY_MS),
        merchant_run_lowest_to_median=known_if(run_frauds > 0, times_median(usual, run_lowest_minor / 100)),
        merchant_count_1h=in_hour,
        merchant_small_1h=small_1h,
        merchant_bin_count_1h=bin_1h,
        merchant_bin_cards_1d=bin_cards_1d,
    )


@borrowing
def _of_today(seen: Window, query: Row, events: Events) -> tuple[float, float, float, float]:
    """Count payments and small ones of the last hour, those of the issuer in it, and its distinct cards of a day."""
    card_bin, cards = short(query[CARD_BIN]), seen.sets[0]
    begin_set(cards, query[KEYS + CARD])
    in_hour = small_1h = bin_1h = 0
    for i in range(seen.n):
        age_ms = seen.age_ms[i]
        if age_ms > DAY_MS:
            break
        is_in_hour = age_ms <= HOUR_MS
        in_hour += is_in_hour
        small_1h += is_in_hour and seen.amount_minor[i] < SMALL_MINOR
        if card_bin != NO_CODE and events[seen.slot[i]]["card_bin"] == card_bin:
            bin_1h += is_in_hour
            count_in(cards, events[seen.slot[i]]["keys"][CARD])
    if card_bin == NO_CODE:
        return float(in_hour), float(small_1h), math.nan, math.nan
    return float(in_hour), float(small_1h), float(bin_1h), float(cards[0])
