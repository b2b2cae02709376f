"""Reads the histories of tests as the brain reads them: from a memory that holds them."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from brain.columns import KEYS, KINDS, MERCHANT, TRANSACTION, USER
from brain.domain import LABEL_DELAY_MS, Event, Query
from brain.features.formulas import FEATURE_NAMES
from brain.features.windows import UNREADABLE
from brain.history.layout import WINDOW_MS, Ring, make_ring
from brain.history.lists import unlink
from brain.history.lookahead import look_ahead, make_ahead
from brain.history.ring import add_label, add_recorded
from brain.history.rows import rows_of
from brain.history.tables import slot_of
from brain.history.window import View
from brain.scoring.features import make_windows, own_slot, read_row

Events = Sequence[Event] | None  # None: cannot be read
MIB = 0.25  # for 1,200 events


def features_of(queries: Sequence[Query], users: Sequence[Events], merchants: Sequence[Events]) -> NDArray[np.float64]:
    """Compute the features (n, F) of n queries, from the events of each one's user and merchant, in any order."""
    x = np.empty((len(queries), len(FEATURE_NAMES)))
    for n, (query, user, merchant) in enumerate(zip(queries, users, merchants, strict=True)):
        ring, row, ahead = make_ring(MIB), rows_of([query]), make_ahead()
        reach_ms = np.array(WINDOW_MS)
        for kind, events in ((USER, user), (MERCHANT, merchant)):
            if events is None:
                reach_ms[kind] = UNREADABLE
            else:
                _add(ring, kind, query, events)
        look_ahead(ring, row, ahead)
        view = View(ring, row[0], ahead[0], own_slot(ring, row[0]), reach_ms, LABEL_DELAY_MS, True)
        read_row(x[n], view, make_windows())
    return x


def _add(ring: Ring, kind: int, query: Query, events: Sequence[Event]) -> None:
    """Add one side's history, to that side's list alone: the two of a test need not tell of the same payments."""
    rows = rows_of([_payment(kind, query, event) for event in events])
    add_recorded(ring, rows, False)
    for key, event in zip(rows[:, KEYS + TRANSACTION].tolist(), events, strict=True):
        if event.is_fraud is not None and event.known_at_ms is not None:
            add_label(ring, key, event.is_fraud, event.known_at_ms, 1)
        for other in KINDS:
            if other != kind:
                unlink(ring, other, slot_of(ring, TRANSACTION, key))


def _payment(kind: int, query: Query, event: Event) -> Query:
    own = event.transaction_id == query.transaction_id
    transaction_id = event.transaction_id if own else f"{kind} {event.transaction_id}"
    user, merchant = (
        (query.user_id, event.counterparty or None) if kind == USER else (event.counterparty, query.merchant_id)
    )
    payment = Query(transaction_id, event.time_ms, event.amount_minor, user, merchant)
    return replace(payment, is_blocked=event.is_blocked)
