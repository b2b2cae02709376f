"""
Finds the events of several lists side by side, before they are read.

Each event tells where the next older one is, so who follows one list waits for the memory at each event: 150 to 280 ns
when the ring is larger than the processor's cache. Of several lists it fetches an event each at the same time: 8 ns.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import KEYS, KINDS, NOBODY, TIME_MS, TRANSACTION, Row, Rows
from brain.compiled import borrowing, compiled
from brain.history.layout import EVENTS_MAX, NONE, WINDOW_MS, Ring
from brain.history.tables import slot_of

# Where the slots of each kind begin, and where the last ones end. Together they stay below the 128 kB from which each
# array costs a call of the operating system.
STARTS = tuple(sum(EVENTS_MAX[:kind]) for kind in range(len(KINDS) + 1))
QUERIES_MAX = 16  # their events fit into the processor's second cache, 1 MB

Slots = NDArray[np.int32]
Ints = NDArray[np.int64]


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
    lists = _make_lists(len(queries))
    going = _start(ring, queries, ahead, lists)
    place = 0
    while going > 0:
        place += 1
        # A loop of its own, without a branch: so the processor waits for all of these events at the same time.
        for n in range(going):
            event = ring.events[lists.slot[n]]
            lists.time_ms[n], lists.older[n] = event["time_ms"], event["older"][lists.kind[n]]
        still_going = 0
        for n in range(going):
            query, kind, slot = lists.query[n], lists.kind[n], lists.older[n]
            if place >= EVENTS_MAX[kind]:
                continue
            if queries[query, TIME_MS] - lists.time_ms[n] > WINDOW_MS[kind]:
                slot = NONE
            ahead[query, STARTS[kind] + place] = slot
            if slot != NONE:
                lists.query[still_going], lists.kind[still_going], lists.slot[still_going] = query, kind, slot
                still_going += 1
        going = still_going


class _Lists(NamedTuple):
    """
    The lists that still go on stand first: most are short, and to look at each at every place costs more than waiting.

    Attributes:
        query, kind: Whose list it is.
        slot: Its next event.
        time_ms, older: Of that event, as it was read.
    """

    query: Ints
    kind: Ints
    slot: Ints
    time_ms: Ints
    older: Ints


@compiled
def _make_lists(n: int) -> _Lists:
    every = np.empty((5, n * len(KINDS)), dtype=np.int64)
    return _Lists(every[0], every[1], every[2], every[3], every[4])


@borrowing
def _start(ring: Ring, queries: Rows, ahead: Slots, lists: _Lists) -> int:
    """Find where each list begins, and return how many there are."""
    going = 0
    for query in range(len(queries)):
        own = slot_of(ring, TRANSACTION, queries[query, KEYS + TRANSACTION])
        for kind in KINDS:
            slot = _first(ring, kind, queries[query], own)
            ahead[query, STARTS[kind]] = slot
            if slot != NONE:
                lists.query[going], lists.kind[going], lists.slot[going] = query, kind, slot
                going += 1
    return going


@borrowing
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
