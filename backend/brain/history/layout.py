"""
Lays out the brain's memory of payments: one ring of events, and tables that find them.

An event stands in one list for each entity that it names (its user, its merchant), newest first by event time. The
lists run through the events themselves, so another kind of entity costs 20 bytes an event and no structure of its own.
All of it are plain arrays, which compiled functions read and write: see `brain.compiled`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS, MERCHANT_EVENTS_MAX, MERCHANT_WINDOW_DAYS, USER_EVENTS_MAX, USER_WINDOW_DAYS

USER, MERCHANT = KINDS = (0, 1)  # of entities: each is a column of keys and of links
COUNTERPARTY = (MERCHANT, USER)  # whom a history of this kind tells apart
TRANSACTION = len(KINDS)  # the last key; it has a table but no list

WINDOW_MS = (USER_WINDOW_DAYS * DAY_MS, MERCHANT_WINDOW_DAYS * DAY_MS)  # of each kind: how far back features look
EVENTS_MAX = (USER_EVENTS_MAX, MERCHANT_EVENTS_MAX)  # and at how many events

NONE = -1  # no event
NOBODY = -1  # no entity: CPython never returns -1 as the hash of a text
NEVER_MS = 2**61  # later than every time, and still safe to subtract from

# Bits of `marks`; above them stands the revision of the label, of a scored event the second when it was scored.
FRAUD, BLOCKED, SCORED, GONE = 1, 2, 4, 8
NUMBER_SHIFT = 4

EVENT = np.dtype(
    [  # what a window reads comes first: 64 bytes in all, one line of the processor's cache
        ("time_ms", np.int64),  # of the event, since the epoch
        ("known_at_ms", np.int64),  # of its label; NEVER_MS without one
        ("amount_minor", np.int32),  # hundredths of the reference currency, at most AMOUNT_MINOR_MAX
        ("marks", np.int32),
        ("keys", np.int64, (len(KINDS) + 1,)),
        ("older", np.int32, (len(KINDS),)),  # slot of the entity's next older event; NONE at the oldest
        ("newer", np.int32, (len(KINDS),)),  # likewise; at the newest the slot of the oldest
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
    capacity, table_size = _sizes(int(size_mib * 2**20))
    events = np.empty(capacity, dtype=EVENT)
    events.view(np.int64).fill(0)
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
