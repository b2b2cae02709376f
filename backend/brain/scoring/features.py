"""Reads what the memory knows about payments straight into features: nothing is laid out in between."""

import numpy as np
from numpy.typing import NDArray

from brain.columns import (
    ADDRESS,
    CARD,
    DEVICE,
    EMAIL,
    KEYS,
    KINDS,
    MERCHANT,
    NOBODY,
    TIME_MS,
    TRANSACTION,
    USER,
    Row,
    Rows,
)
from brain.compiled import borrowing, compiled
from brain.domain import LABEL_DELAY_MS
from brain.features.formulas import FEATURE_NAMES, Windows, fill_row
from brain.features.windows import UNREADABLE
from brain.history.layout import WINDOW_MS, Ring
from brain.history.lookahead import QUERIES_MAX, look_ahead, make_ahead
from brain.history.memory import Memory
from brain.history.tables import slot_of
from brain.history.window import View, make_window, window

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def read_features(memory: Memory, queries: Rows, label_delay_ms: int = LABEL_DELAY_MS) -> tuple[Floats, Bools]:
    """
    Compute the features of n queries (n, COLUMNS).

    Args:
        label_delay_ms: A payment without a label that is older counts as genuine, unless it was blocked.

    Returns:
        The features (n, F), and (n,) where a history may be incomplete: it then counts as unreadable.
    """
    x = np.empty((len(queries), len(FEATURE_NAMES)))
    return x, _read(memory.ring, (memory.coverage.since_ms, label_delay_ms), queries, x)


@compiled
def _read(ring: Ring, since_and_delay_ms: tuple[int, int], queries: Rows, x: Floats) -> Bools:
    # made here and not handed in: an array that crosses from Python costs as much as one that is made
    ahead, windows, reach_ms = make_ahead(), make_windows(), np.empty(len(KINDS), dtype=np.int64)
    is_incomplete = np.empty(len(queries), dtype=np.bool_)
    since_ms, label_delay_ms = since_and_delay_ms
    for n in range(len(queries)):
        if n % QUERIES_MAX == 0:
            look_ahead(ring, queries[n : n + QUERIES_MAX], ahead)
        query = queries[n]
        for kind in KINDS:  # what reaches further back than the memory is complete cannot be read
            reach_ms[kind] = WINDOW_MS[kind] if query[TIME_MS] - WINDOW_MS[kind] >= since_ms else UNREADABLE
        view = View(ring, query, ahead[n % QUERIES_MAX], own_slot(ring, query), reach_ms, label_delay_ms, True)
        is_incomplete[n] = read_row(x[n], view, windows)
    return is_incomplete


@compiled
def make_windows() -> Windows:
    """Make the arrays for the windows of one query after the other."""
    return (
        make_window(USER),
        make_window(MERCHANT),
        make_window(CARD),
        make_window(DEVICE),
        make_window(ADDRESS),
        make_window(EMAIL),
    )


@borrowing
def own_slot(ring: Ring, query: Row) -> int:
    """Find the event of the query itself; NONE where it is not in the memory."""
    return slot_of(ring, TRANSACTION, query[KEYS + TRANSACTION])


@borrowing
def read_row(x: Floats, view: View, windows: Windows) -> bool:
    """
    Fill the features (F,) of one query, in serving as in training.

    Args:
        x: To be filled.
        view: The query, and what it may see.
        windows: As `make_windows` makes them; overwritten.

    Returns:
        Whether a history could not be read.
    """
    seen = (
        window(view, USER, windows[USER]),
        window(view, MERCHANT, windows[MERCHANT]),
        window(view, CARD, windows[CARD]),
        window(view, DEVICE, windows[DEVICE]),
        window(view, ADDRESS, windows[ADDRESS]),
        window(view, EMAIL, windows[EMAIL]),
    )
    fill_row(x, view.query, view.ring.events, seen)
    is_unreadable = seen[USER].n == UNREADABLE
    for kind in KINDS:
        is_unreadable = is_unreadable or (seen[kind].n == UNREADABLE and view.query[KEYS + kind] != NOBODY)
    return is_unreadable
