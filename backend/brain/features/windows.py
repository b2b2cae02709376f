"""Defines what features look at: what was known at the time of a query, newest event first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Older than every event, and still safe to add to a time.
NEVER_MS = 2**61

# One million, in hundredths: squares of 512 such amounts still sum exactly in 64 bits.
AMOUNT_MINOR_MAX = 100_000_000

SETS = 3

# The number of events of a history that could not be read, or of nobody; and the amount that has no rate.
UNREADABLE = UNKNOWN = -1


class Window(NamedTuple):
    """
    The visible events of one history, in the first n of w entries; what stands in the others does not matter.

    Newest first; events at the same time stand in descending order of amount, then frauds first.

    Attributes:
        n: Number of events; UNREADABLE where the history could not be read, or the query names no such entity.
        age_ms: (w,) how long before the query, at least 1.
        amount_minor: (w,) hundredths of the reference currency, at most AMOUNT_MINOR_MAX.
        known: (w,) whether it was known, at the query's time, if the event was fraud.
        fraud: (w,) whether it was then known to be fraud.
        slot: (w,) where the whole event stands in the memory, for whatever else it tells.
        sets: (SETS, DISTINCT_MAX + 1) room to count in: to make an array for it costs more than to count.
        sorted: (USUAL_EVENTS,) room to sort in, likewise.
    """

    n: int
    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools
    slot: NDArray[np.int32]
    sets: Ints
    sorted: Ints
