"""
Lays out the brain's memory of payments: one ring of events, and tables that find them.

An event stands in one list for each entity that it names (its user, its merchant, its card), newest first by event
time. The lists run through the events themselves, so a kind of entity costs 16 bytes an event and a place in a table.
All of it are plain arrays, which compiled functions read and write: see `brain.compiled`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import KINDS
from brain.domain import (
    DAY_MS,
    LINK_EVENTS_MAX,
    LINK_WINDOW_DAYS,
    MERCHANT_EVENTS_MAX,
    MERCHANT_WINDOW_DAYS,
    USER_EVENTS_MAX,
    USER_WINDOW_DAYS,
)

# Of each kind: how far back features look, and at how many events.
WINDOW_MS = (USER_WINDOW_DAYS * DAY_MS, MERCHANT_WINDOW_DAYS * DAY_MS, *4 * (LINK_WINDOW_DAYS * DAY_MS,))
EVENTS_MAX = (USER_EVENTS_MAX, MERCHANT_EVENTS_MAX, *4 * (LINK_EVENTS_MAX,))

NONE = -1  # no event
NEVER_MS = 2**61  # later than every time, and still safe to subtract from

# Bits of `marks`; above them stands the revision of the label, of a scored event the second when it was scored.
FRAUD, BLOCKED, SCORED, GONE = 1, 2, 4, 8
NUMBER_SHIFT = 4

EVENT = np.dtype(
    [  # what every window reads comes first: 60 bytes, a line of the processor's cache; 140 in all
        ("time_ms", np.int64),  # of the event, since the epoch
        ("known_at_ms", np.int64),  # of its label; NEVER_MS without one
        ("amount_minor", np.int32),  # hundredths of the reference currency, at most AMOUNT_MINOR_MAX
        ("marks", np.int32),
        ("older", np.int32, (len(KINDS),)),  # slot of the entity's next older event; NONE at the oldest
        ("category", np.int32),  # as this and the next two are told apart by `short`
        ("card_bin", np.int32),
        ("country", np.int32),  # where the buyer was, or else the merchant
        ("keys", np.int64, (len(KINDS) + 1,)),
        ("newer", np.int32, (len(KINDS),)),  # slot of the next newer event; at the newest that of the oldest
    ]
)

# Places of `state`. Positions count all events that ever came, so they only grow; slot = position % capacity. What is
# read backwards from the ledger gets positions before all others, which may be negative.
NEXT, OLDEST, COMMITTED, FIRST_SCORED = range(4)

_LOAD_MAX = 0.7  # of a table: above it, a search visits many places
_SLOT_BYTES = 4


class Ring(NamedTuple):
    """
    The memory. Its arrays have a fixed size.

    Attributes:
        events: (capacity,) of EVENT.
        tables: (kinds + 1, size) open addressing: slots of the newest event of each entity, and of transactions.
        state: (4,) counters: see above.
    """

    events: NDArray[np.void]
    tables: NDArray[np.int32]
    state: NDArray[np.int64]

    @property
    def bytes_per_event(self) -> float:
        """How much memory one event takes, tables included."""
        return (self.events.nbytes + self.tables.nbytes) / len(self.events)


def make_ring(size_mib: float) -> Ring:
    """
    Make an empty ring that takes at most `size_mib`.

    It takes that at once, so that a machine or a container which is too small shows when the brain starts.
    """
    return _make(*_sizes(int(size_mib * 2**20)))


def make_ring_for(payments: int) -> Ring:
    """Make an empty ring for so many payments."""
    return _make(payments, 1 << max(int(payments / _LOAD_MAX).bit_length(), 4))


def _make(capacity: int, table_size: int) -> Ring:
    events = np.empty(capacity, dtype=EVENT)
    events.view(np.int32).fill(0)
    tables = np.full((len(KINDS) + 1, table_size), NONE, dtype=np.int32)
    return Ring(events, tables, np.zeros(4, dtype=np.int64))


def _sizes(budget: int) -> tuple[int, int]:
    """Choose the capacity and the table size, a power of two, that hold the most events in so many bytes."""
    best = (0, 0)
    for power in range(4, 31):
        left = budget - (len(KINDS) + 1) * 2**power * _SLOT_BYTES
        best = max(best, (min(left // EVENT.itemsize, int(2**power * _LOAD_MAX)), 2**power))
    if best[0] < 1:
        raise ValueError(f"{budget} bytes hold no history")
    return best
