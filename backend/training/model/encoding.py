"""
Makes the tables by which an artifact turns coded columns, such as a category, into numbers that trees can order.

A value becomes the log-odds of fraud among its payments, drawn towards those of all payments, so that a value of few
payments says little. A row's own label must not be in its number, or trees learn to trust a rare value: for training
the rows are cut into folds, and each fold is mapped by the table of the others.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Encodings = dict[str, dict[str, float]]  # the table of each column: from the code's text, a whole number, to a number

PRIOR_PAYMENTS = 100.0  # as if a value had so many payments of the usual risk before
PAYMENTS_MIN = 20  # fewer tell nothing: such a value is unknown, as is one that comes later
DIGITS = 4
FOLDS = 5


def make_encodings(x: Floats, fraud: Bools, weight: Floats, *, names: Sequence[str], coded: Sequence[str]) -> Encodings:
    """
    Make a table for each coded column.

    Args:
        x: (n, F) features with codes as they are.
        fraud, weight: (n,) labels, and how many payments each row stands for.
        names: The F names of the columns.
        coded: Those that hold codes.
    """
    return {name: _table(x[:, names.index(name)], fraud, weight) for name in coded}


def apply_encodings(x: Floats, encodings: Mapping[str, Mapping[str, float]], *, names: Sequence[str]) -> Floats:
    """Map the coded columns of x (n, F); what is in no table becomes NaN."""
    mapped = x.copy()
    for name, table in encodings.items():
        column = names.index(name)
        mapped[:, column] = _mapped(x[:, column], table)
    return mapped


def encode_out_of_fold(
    x: Floats, fraud: Bools, weight: Floats, *, names: Sequence[str], coded: Sequence[str], seed: int = 0
) -> Floats:
    """Map each row of x (n, F) by tables that were made without it."""
    if not coded:
        return x
    mapped = x.copy()
    fold = np.random.default_rng(seed).integers(FOLDS, size=len(x))
    for one in range(FOLDS):
        others, own = fold != one, fold == one
        for name in coded:
            column = names.index(name)
            table = _table(x[others, column], fraud[others], weight[others])
            mapped[own, column] = _mapped(x[own, column], table)
    return mapped


def _table(codes: Floats, fraud: Bools, weight: Floats) -> dict[str, float]:
    known = ~np.isnan(codes)
    values, at = np.unique(codes[known], return_inverse=True)
    if not values.size:
        return {}
    payments = np.bincount(at, weights=weight[known])
    frauds = np.bincount(at, weights=weight[known] * fraud[known])
    usual = (fraud * weight).sum() / weight.sum()
    risk = (frauds + PRIOR_PAYMENTS * usual) / (payments + PRIOR_PAYMENTS)
    odds = np.round(np.log(np.clip(risk, 1e-9, 1 - 1e-9) / (1 - np.clip(risk, 1e-9, 1 - 1e-9))), DIGITS)
    enough = np.bincount(at) >= PAYMENTS_MIN
    return {str(int(value)): float(number) for value, number in zip(values[enough], odds[enough], strict=True)}


def _mapped(codes: Floats, table: Mapping[str, float]) -> Floats:
    values = np.array([float(value) for value in table])
    order = np.argsort(values)
    numbers = np.array([*table.values()], dtype=np.float64)[order]
    values = values[order]
    if not values.size:
        return np.full(codes.size, np.nan)
    at = np.minimum(np.searchsorted(values, codes), values.size - 1)  # NaN sorts behind all
    return np.where(values[at] == codes, numbers[at], np.nan)
