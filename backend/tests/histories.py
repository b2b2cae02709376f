"""Reads the histories of tests as the brain reads them: from a memory that holds them."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from brain.domain import Event, Query
from brain.features.windows import UNREADABLE, Batch, Window, Windows
from brain.history.layout import EVENTS_MAX, MERCHANT, USER, make_ring
from brain.history.lookahead import look_ahead, make_ahead
from brain.history.ring import AMOUNT_MINOR, add_label, add_recorded
from brain.history.rows import key_of, rows_of
from brain.history.window import make_window, window

Events = Sequence[Event] | None  # None: cannot be read
MIB = 0.05  # for 600 events


def build_batch(queries: Sequence[Query], users: Sequence[Events], merchants: Sequence[Events]) -> Batch:
    """Lay out the histories of n queries: the events of each one's user and merchant, in any order."""
    amount_minor = rows_of(queries)[:, AMOUNT_MINOR]
    return Batch(amount_minor, _windows(USER, queries, users), _windows(MERCHANT, queries, merchants))


def seen_by(kind: int, query: Query, events: Sequence[Event]) -> Window:
    """Read what a query sees of its user's, or its merchant's, events."""
    ring = make_ring(MIB)
    for event in events:
        add_recorded(ring, rows_of([_payment(kind, query, event)]), False)
        if event.is_fraud is not None and event.known_at_ms is not None:
            add_label(ring, key_of(event.transaction_id), event.is_fraud, event.known_at_ms, 1)
    rows, ahead = rows_of([query]), make_ahead()
    look_ahead(ring, rows, ahead)
    return window(ring, kind, rows[0], ahead[0, kind], make_window(kind))


def _payment(kind: int, query: Query, event: Event) -> Query:
    user, merchant = (
        (query.user_id, event.counterparty or None) if kind == USER else (event.counterparty, query.merchant_id)
    )
    payment = Query(event.transaction_id, event.time_ms, event.amount_minor, user, merchant)
    return replace(payment, is_blocked=event.is_blocked)


def _windows(kind: int, queries: Sequence[Query], histories: Sequence[Events]) -> Windows:
    shape = (len(queries), EVENTS_MAX[kind])
    ints, bools = np.zeros((2, *shape), dtype=np.int64), np.zeros((3, *shape), dtype=np.bool_)
    windows = Windows(np.full(len(queries), UNREADABLE), *ints, *bools)
    for n, (query, events) in enumerate(zip(queries, histories, strict=True)):
        if events is None:
            continue
        seen = seen_by(kind, query, events)
        windows.counts[n] = seen.n
        for column, values in zip(windows[1:], seen[1:], strict=True):
            column[n] = values
    return windows
