"""
Finds the events of several lists side by side, before they are read.

Each event tells where the next older one is, so who follows one list waits for the memory at each event: 150 to 280 ns
when the ring is larger than the processor's cache. Of several lists it fetches an event each at the same time: 8 ns.
"""

import numpy as np
from numpy.typing import NDArray

from brain.columns import KEYS, KINDS, NOBODY, TIME_MS, TRANSACTION, Row, Rows
from brain.compiled import compiled
from brain.history.layout import EVENTS_MAX, NONE, WINDOW_MS, Ring
from brain.history.tables import slot_of

# Where the slots of each kind begin, and where the last ones end. Together they stay below the 128 kB from which each
# array costs a call of the operating system.
STARTS = tuple(sum(EVENTS_MAX[:kind]) for kind in range(len(KINDS) + 1))
QUERIES_MAX = 16  # their events fit into the processor's second cache, 1 MB

Slots = NDArray[np.int32]


@compiled
def make_ahead() -> Slots:
    """Make the array for the slots of QUERIES_MAX queries: (QUERIES_MAX, EVENTS_MAX of all kinds)."""
    return np.empty((QUERIES_MAX, STARTS[-1]), dtype=np.int32)


@compiled
def look_ahead(ring: Ring, queries: Rows, ahead: Slots) -> None:
    """
    Find the slots of the newest events of each query's entities that it may see, down to one too old for its window.

    Args:
        queries: (n, COLUMNS), at most QUERIES_MAX.
        ahead: As `make_ahead` makes it; filled for n queries. Each list ends with NONE, or after
            EVENTS_MAX of its kind.
    """
    n, kinds, most = len(queries), len(KINDS), max(EVENTS_MAX)
    slots = np.empty((n, kinds), dtype=np.int64)
    for query in range(n):
        own = slot_of(ring, TRANSACTION, queries[query, KEYS + TRANSACTION])
        for kind in KINDS:
            slots[query, kind] = _first(ring, kind, queries[query], own)
    for place in range(most):
        left = 0
        for query in range(n):
            for kind in KINDS:
                slot = slots[query, kind]
                if place >= EVENTS_MAX[kind]:
                    continue
                ahead[query, STARTS[kind] + place] = slot
                if slot == NONE:
                    continue
                left += 1
                event = ring.events[slot]
                is_too_old = queries[query, TIME_MS] - event["time_ms"] > WINDOW_MS[kind]
                slots[query, kind] = NONE if is_too_old else event["older"][kind]
        if left == 0:
            return


@compiled
def _first(ring: Ring, kind: int, query: Row, own: int) -> int:
    """
    Find where to begin: at the payment itself, if it stands in the list, because none before it is older than it.

    So a payment of an hour ago, as each is after an outage, searches for its own time no longer than one of now.
    """
    if query[KEYS + kind] == NOBODY:
        return NONE
    if own != NONE:
        event = ring.events[own]
        is_listed = event["newer"][kind] != NONE and event["keys"][kind] == query[KEYS + kind]
        if is_listed and event["time_ms"] >= query[TIME_MS]:
            return own
    return slot_of(ring, kind, query[KEYS + kind])
