"""Reads what the memory knows about payments straight into features: nothing is laid out in between."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
from brain.features.formulas import FEATURE_NAMES, fill_row
from brain.features.windows import UNREADABLE, Window
from brain.history.layout import MERCHANT, NOBODY, USER, WINDOW_MS, Ring
from brain.history.lookahead import QUERIES_MAX, Slots, look_ahead, make_ahead
from brain.history.memory import Memory
from brain.history.ring import AMOUNT_MINOR, KEYS, TIME_MS, Row, Rows
from brain.history.window import make_window, window

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class _Scratch(NamedTuple):
    """Arrays that each batch uses again."""

    ahead: Slots
    user: Window
    merchant: Window


class FeatureReader:
    """Reads batches, one at a time."""

    def __init__(self, memory: Memory) -> None:
        """Args: memory: which is read."""
        self._memory = memory
        self._scratch = _Scratch(make_ahead(), make_window(USER), make_window(MERCHANT))

    def read(self, queries: Rows) -> tuple[Floats, Bools]:
        """
        Compute the features of n queries (n, COLUMNS).

        Returns:
            The features (n, F), and (n,) where a history may be incomplete: it then counts as unreadable.
        """
        x = np.empty((len(queries), len(FEATURE_NAMES)))
        is_incomplete = np.zeros(len(queries), dtype=np.bool_)
        _read(self._memory.ring, self._memory.coverage.since_ms, queries, self._scratch, (x, is_incomplete))
        return x, is_incomplete


@compiled
def _read(ring: Ring, since_ms: int, queries: Rows, scratch: _Scratch, found: tuple[Floats, Bools]) -> None:
    x, is_incomplete = found
    for n in range(len(queries)):
        if n % QUERIES_MAX == 0:
            look_ahead(ring, queries[n : n + QUERIES_MAX], scratch.ahead)
        query, ahead = queries[n], scratch.ahead[n % QUERIES_MAX]
        user = window(ring, USER, query, ahead[USER], scratch.user)
        merchant = window(ring, MERCHANT, query, ahead[MERCHANT], scratch.merchant)
        user, merchant = _if_covered(user, USER, query, since_ms), _if_covered(merchant, MERCHANT, query, since_ms)
        fill_row(x[n], query[AMOUNT_MINOR], user, merchant)
        is_incomplete[n] = user.n == UNREADABLE or (query[KEYS + MERCHANT] != NOBODY and merchant.n == UNREADABLE)


@compiled
def _if_covered(seen: Window, kind: int, query: Row, since_ms: int) -> Window:
    """Return the window, or an unreadable one if it reaches further back than the memory is complete."""
    if query[TIME_MS] - WINDOW_MS[kind] >= since_ms:
        return seen
    return Window(UNREADABLE, seen.age_ms, seen.amount_minor, seen.known, seen.fraud, seen.same)
