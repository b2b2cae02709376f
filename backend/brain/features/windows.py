"""Defines what features look at: what was known at the time of each query, newest event first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Older than every event, and still safe to add to a time.
NEVER_MS = 2**61

# One million, in hundredths: squares of 512 such amounts still sum exactly in 64 bits.
AMOUNT_MINOR_MAX = 100_000_000

# The number of events of a history that could not be read, or of no merchant; and the amount that has no rate.
UNREADABLE = UNKNOWN = -1


class Window(NamedTuple):
    """
    The visible events of one history, in the first n of w entries; what stands in the others does not matter.

    Newest first; events at the same time stand in descending order of amount, then frauds first.

    Attributes:
        n: Number of events; UNREADABLE where the history could not be read, or the query names no merchant.
        age_ms: (w,) how long before the query, at least 1.
        amount_minor: (w,) hundredths of the reference currency, at most AMOUNT_MINOR_MAX.
        known: (w,) whether it was known, at the query's time, if the event was fraud.
        fraud: (w,) whether it was then known to be fraud.
        same: (w,) whether its counterparty is the query's.
    """

    n: int
    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools
    same: Bools


class Windows(NamedTuple):
    """The windows of n histories: counts are (n,), the rest is (n, w)."""

    counts: Ints
    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools
    same: Bools


class Batch(NamedTuple):
    """
    n queries and what was known about each at its time.

    Attributes:
        amount_minor: (n,) hundredths of the reference currency, at most AMOUNT_MINOR_MAX; UNKNOWN without a rate.
        user: History of each query's user.
        merchant: History of each query's merchant.
    """

    amount_minor: Ints
    user: Windows
    merchant: Windows


@compiled
def window_of(windows: Windows, n: int) -> Window:
    """Return the window of the n-th history, without copying it."""
    return Window(
        windows.counts[n],
        windows.age_ms[n],
        windows.amount_minor[n],
        windows.known[n],
        windows.fraud[n],
        windows.same[n],
    )


def no_events(counts: Ints) -> Windows:
    """Return the windows of n histories without an event: counts (n,) are 0, or UNREADABLE."""
    ints, bools = np.zeros((len(counts), 0), dtype=np.int64), np.zeros((len(counts), 0), dtype=np.bool_)
    return Windows(counts, ints, ints, bools, bools, bools)


def clip_amounts(amount_minor: Ints) -> Ints:
    """Bound amounts to 0..AMOUNT_MINOR_MAX, beyond which the model does not distinguish them."""
    return np.clip(amount_minor, 0, AMOUNT_MINOR_MAX)
