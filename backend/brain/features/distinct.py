"""Counts distinct keys, as far as DISTINCT_MAX, in a small array: its length stands at its begin, the keys after it."""

import numpy as np
from numpy.typing import NDArray

from brain.columns import NOBODY
from brain.compiled import borrowing

Ints = NDArray[np.int64]

DISTINCT_MAX = 32  # more say no more; a search through 32 is faster than a table


@borrowing
def begin_set(found: Ints, key: int) -> None:
    """Make the array (DISTINCT_MAX + 1,) a set with one key; empty where it is NOBODY."""
    found[0] = 0
    count_in(found, key)


@borrowing
def count_in(found: Ints, key: int) -> None:
    """Add a key, unless it is there, is NOBODY, or finds no room."""
    if key == NOBODY:
        return
    count = found[0]
    for n in range(count, 0, -1):
        if found[n] == key:
            return
    if count < DISTINCT_MAX:
        found[0] = count + 1
        found[count + 1] = key
