"""
Maps coded features to the numbers on which a model's trees split.

A category such as a merchant's mcc reaches the brain as a code, which says nothing by its size. Training orders the
codes by risk; the table comes with the model, as `encodings` in its metadata: feature -> code -> number.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from brain.compiled import borrowing

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CODES_MAX = 50_000  # of one model: 0.8 MB


class Encodings(NamedTuple):
    """
    The tables of c coded features, one after the other.

    Attributes:
        columns: (c,) the feature of each, by its place in FEATURE_NAMES.
        starts: (c + 1,) where the codes of each begin, and where the last ones end.
        codes: Ascending for each.
        numbers: What each code becomes.
    """

    columns: Ints
    starts: Ints
    codes: Floats
    numbers: Floats

    @classmethod
    def read(cls, metadata: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Self:
        """
        Read the tables from a model's metadata.

        Args:
            metadata: Feature -> code, written as a number -> number. Empty in a model without coded features.
            names: All features, in the order of the columns.

        Raises:
            ValueError, TypeError, AttributeError: a table is of no feature, or holds what is not a finite number.
        """
        tables = [sorted((float(code), float(number)) for code, number in metadata[name].items()) for name in metadata]
        pairs = np.array([pair for table in tables for pair in table], dtype=np.float64).reshape(-1, 2)
        if len(pairs) > CODES_MAX or not np.isfinite(pairs).all():
            raise ValueError(f"encodings must be finite numbers, at most {CODES_MAX}, not {len(pairs)}")
        return cls(
            np.array([names.index(name) for name in metadata], dtype=np.int64),
            np.cumsum([0, *map(len, tables)], dtype=np.int64),
            pairs[:, 0].copy(),
            pairs[:, 1].copy(),
        )


@borrowing
def encode(encodings: Encodings, x: Floats, encoded: Floats) -> None:
    """
    Encode one row: codes that the model does not know become NaN, and features without a table stay as they are.

    Args:
        x: (F,) the features.
        encoded: (F,) to be filled.
    """
    for column in range(len(x)):
        encoded[column] = x[column]
    for table in range(len(encodings.columns)):
        column = encodings.columns[table]
        encoded[column] = _number(encodings, encodings.starts[table], encodings.starts[table + 1], x[column])


@borrowing
def _number(encodings: Encodings, start: int, end: int, code: float) -> float:
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if encodings.codes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return float(encodings.numbers[low]) if low < end and encodings.codes[low] == code else math.nan
