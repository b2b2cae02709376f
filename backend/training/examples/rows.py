"""Lays out payments as the rows of numbers that serving makes of queries: see `brain.columns`."""

import numpy as np
from numpy.typing import NDArray

from brain.columns import (
    ACCOUNT_CREATED_MS,
    AMOUNT_MINOR,
    CATEGORY,
    COLUMNS,
    IS_BLOCKED,
    KEYS,
    NOBODY,
    TEXTS,
    TIME_MS,
    TRANSACTION,
    UTC_OFFSET_MIN,
    Rows,
)
from brain.features.codes import NO_CODE, code_of
from brain.features.local_time import COUNTRIES, standard_minutes
from brain.features.windows import AMOUNT_MINOR_MAX, UNKNOWN
from training.payments import ENTITIES, NO_OFFSET_MIN, Payments

Ints = NDArray[np.int64]

# Consecutive keys would stand side by side in a table, and to take one out would look at all that follow. An odd factor
# spreads them and keeps them distinct.
_SPREAD = np.int64(0x9E3779B97F4A7C15 - 2**64)


def rows_of(payments: Payments, transactions: Ints | None = None) -> Rows:
    """
    Make (n, COLUMNS) of n payments. Keys are made of codes.

    Args:
        transactions: (n,) the number of each, of which the key of its transaction is made; its place by default.
    """
    transactions = np.arange(len(payments)) if transactions is None else transactions
    rows = np.empty((len(payments), COLUMNS), dtype=np.int64)
    rows[:, TIME_MS] = payments.time_ms
    rows[:, AMOUNT_MINOR] = np.clip(payments.amount_minor, UNKNOWN, AMOUNT_MINOR_MAX)
    rows[:, IS_BLOCKED] = payments.is_blocked
    for kind, entity in enumerate(ENTITIES):
        codes = getattr(payments, entity)
        rows[:, KEYS + kind] = np.where(codes >= 0, codes * _SPREAD, NOBODY)
    rows[:, KEYS + TRANSACTION] = transactions * _SPREAD
    for column, name in enumerate(TEXTS):
        codes = [code_of(text) for text in payments.categories[name]]
        rows[:, CATEGORY + column] = _looked_up(codes, getattr(payments, name), NO_CODE)
    rows[:, ACCOUNT_CREATED_MS] = payments.account_created_ms
    rows[:, UTC_OFFSET_MIN] = _utc_offset_min(payments)
    return rows


def _utc_offset_min(payments: Payments) -> Ints:
    """Do what `brain.features.local_time.utc_offset_min` does, for all payments at once."""
    offset_min = np.where(payments.utc_offset_min > NO_OFFSET_MIN // 10, payments.utc_offset_min, NO_OFFSET_MIN)
    is_unknown = offset_min == NO_OFFSET_MIN
    for name in COUNTRIES:
        place = getattr(payments, name)
        minutes = [standard_minutes(text) or 0 for text in payments.categories[name]]
        offset_min = np.where(is_unknown, _looked_up(minutes, place, NO_OFFSET_MIN), offset_min)
        is_unknown &= place < 0
    return np.where(is_unknown, 0, offset_min)


def _looked_up(values: list[int], places: Ints, otherwise: int) -> Ints:
    """Return the value at each place (n,); `otherwise` at a negative one."""
    return np.array([*values, otherwise], dtype=np.int64)[np.maximum(places, -1)]
