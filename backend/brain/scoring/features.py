"""Reads what the memory knows about payments straight into features: nothing is laid out in between."""

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
from brain.features.formulas import FEATURE_NAMES, fill_row
from brain.features.windows import UNREADABLE, Window
from brain.history.layout import MERCHANT, NOBODY, USER, WINDOW_MS, Ring
from brain.history.lookahead import QUERIES_MAX, look_ahead, make_ahead
from brain.history.memory import Memory
from brain.history.ring import AMOUNT_MINOR, KEYS, TIME_MS, Row, Rows
from brain.history.window import make_window, window

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def read_features(memory: Memory, queries: Rows) -> tuple[Floats, Bools]:
    """
    Compute the features of n queries (n, COLUMNS).

    Returns:
        The features (n, F), and (n,) where a history may be incomplete: it then counts as unreadable.
    """
    x = np.empty((len(queries), len(FEATURE_NAMES)))
    is_incomplete = np.empty(len(queries), dtype=np.bool_)
    _read(memory.ring, memory.coverage.since_ms, queries, x, is_incomplete)
    return x, is_incomplete


@compiled
def _read(ring: Ring, since_ms: int, queries: Rows, x: Floats, is_incomplete: Bools) -> None:
    # made here and not handed in: an array that crosses from Python costs as much as one that is made
    ahead, of_user, of_merchant = make_ahead(), make_window(USER), make_window(MERCHANT)
    for n in range(len(queries)):
        if n % QUERIES_MAX == 0:
            look_ahead(ring, queries[n : n + QUERIES_MAX], ahead)
        query, slots = queries[n], ahead[n % QUERIES_MAX]
        user = _if_covered(window(ring, USER, query, slots[USER], of_user), USER, query, since_ms)
        merchant = _if_covered(window(ring, MERCHANT, query, slots[MERCHANT], of_merchant), MERCHANT, query, since_ms)
        fill_row(x[n], query[AMOUNT_MINOR], user, merchant)
        is_incomplete[n] = user.n == UNREADABLE or (query[KEYS + MERCHANT] != NOBODY and merchant.n == UNREADABLE)


@compiled
def _if_covered(seen: Window, kind: int, query: Row, since_ms: int) -> Window:
    """Return the window, or an unreadable one if it reaches further back than the memory is complete."""
    if query[TIME_MS] - WINDOW_MS[kind] >= since_ms:
        return seen
    return Window(UNREADABLE, seen.age_ms, seen.amount_minor, seen.known, seen.fraud, seen.same)
