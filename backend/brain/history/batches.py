"""Reads the histories of a batch from the memory, as features take them."""

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
from brain.features.windows import UNREADABLE, Batch, Windows
from brain.history.layout import EVENTS_MAX, KINDS, MERCHANT, NOBODY, USER, WINDOW_MS, Ring
from brain.history.memory import Memory
from brain.history.ring import AMOUNT_MINOR, KEYS, TIME_MS, Rows
from brain.history.window import Seen, window

Bools = NDArray[np.bool_]

_ROWS_AT_FIRST = 64  # the largest batch of a brain, unless it is set otherwise


class BatchReader:
    """Reads batches, one at a time: each uses the arrays of the one before."""

    def __init__(self, memory: Memory) -> None:
        """Args: memory: which is read."""
        self._memory = memory
        self._windows = [_make_windows(kind, _ROWS_AT_FIRST) for kind in KINDS]

    def read(self, queries: Rows) -> tuple[Batch, Bools]:
        """
        Read what n queries (n, COLUMNS) see.

        Returns:
            The batch, and (n,) where a history may be incomplete: it is then unreadable.
        """
        n = len(queries)
        if n > len(self._windows[USER].counts):
            self._windows = [_make_windows(kind, n) for kind in KINDS]
        user, merchant = (_first(windows, n) for windows in self._windows)
        is_incomplete = np.zeros(n, dtype=np.bool_)
        since_ms = self._memory.coverage.since_ms
        _fill(self._memory.ring, USER, since_ms, queries, user, is_incomplete)
        _fill(self._memory.ring, MERCHANT, since_ms, queries, merchant, is_incomplete)
        return Batch(queries[:, AMOUNT_MINOR], user, merchant), is_incomplete


def _make_windows(kind: int, n: int) -> Windows:
    w = EVENTS_MAX[kind]
    ints, bools = np.empty((2, n, w), dtype=np.int64), np.empty((3, n, w), dtype=np.bool_)
    return Windows(np.empty(n, dtype=np.int64), *ints, *bools)


def _first(windows: Windows, n: int) -> Windows:
    return Windows._make(column[:n] for column in windows)


@compiled
def _fill(ring: Ring, kind: int, since_ms: int, queries: Rows, windows: Windows, is_incomplete: Bools) -> None:  # noqa: PLR0917 (compiled code takes none by name)
    for n in range(len(queries)):
        query = queries[n]
        windows.counts[n] = UNREADABLE
        if query[KEYS + kind] == NOBODY:
            continue
        if query[TIME_MS] - WINDOW_MS[kind] >= since_ms:
            seen = Seen(windows.age_ms[n], windows.amount_minor[n], windows.known[n], windows.fraud[n], windows.same[n])
            windows.counts[n] = window(ring, kind, query, seen)
        if windows.counts[n] == UNREADABLE:
            is_incomplete[n] = True
