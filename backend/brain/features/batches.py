"""Lays out histories as the padded arrays of a batch."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from brain.domain import (
    DAY_MS,
    LABEL_DELAY_MS,
    MERCHANT_EVENTS_MAX,
    MERCHANT_WINDOW_DAYS,
    USER_EVENTS_MAX,
    USER_WINDOW_DAYS,
    Event,
    Query,
)
from brain.features.columns import EventColumns, key_of
from brain.features.windows import NEVER_MS, UNKNOWN, UNREADABLE, Batch, Windows, clip_amounts

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)


_NO_EVENTS = EventColumns((), (), (), (), {}).table
_AGE_BITS = 32  # 49 days: more than the longest window


def build_batch(
    queries: Sequence[Query],
    user_events: Sequence[Sequence[Event] | None],
    merchant_events: Sequence[Sequence[Event] | None],
) -> Batch:
    """
    Lay out the histories of n queries, as each was known at its own time.

    Events may come in any order. Those that are not strictly earlier than their query, outside the window, the
    query itself (by transaction_id) and repetitions do not count; of two copies the labelled one is taken.

    Args:
        queries: n queries.
        user_events: n histories of the user; None: could not be read; empty: a new user. EventColumns are quickest.
        merchant_events: n histories of the merchant, likewise; ignored where the query names none.

    Raises:
        ValueError: the three sequences differ in length.
    """
    if not len(queries) == len(user_events) == len(merchant_events):
        raise ValueError("one history of the user and one of the merchant for each query")
    time_ms = np.array([query.time_ms for query in queries], dtype=np.int64)
    amounts = [query.amount_minor for query in queries]
    merchants = [
        events if query.merchant_id is not None else None
        for query, events in zip(queries, merchant_events, strict=True)
    ]
    has_amount = np.array([amount is not None for amount in amounts], dtype=np.bool_)
    clipped = clip_amounts(np.array([amount or 0 for amount in amounts], dtype=np.int64))
    return Batch(
        amount_minor=np.where(has_amount, clipped, UNKNOWN),
        user=_window(
            queries,
            time_ms,
            user_events,
            [query.merchant_id for query in queries],
            window_days=USER_WINDOW_DAYS,
            events_max=USER_EVENTS_MAX,
        ),
        merchant=_window(
            queries,
            time_ms,
            merchants,
            [query.user_id for query in queries],
            window_days=MERCHANT_WINDOW_DAYS,
            events_max=MERCHANT_EVENTS_MAX,
        ),
    )


def label_seen(
    time_ms: Ints, age_ms: Ints, fraud: Bools, known_at_ms: Ints, blocked: Bools | None = None
) -> tuple[Bools, Bools]:
    """
    Return what was known of events at their query's time: (known, fraud), in the shape of the arguments.

    A label counts from `known_at_ms` on. An event as old as the label delay without one counts as genuine, but for
    a blocked one, which can have no chargeback. Without `blocked`, none was blocked.
    """
    labelled = known_at_ms <= time_ms
    settled = (age_ms >= LABEL_DELAY_MS) & (age_ms < NEVER_MS)
    return labelled | (settled if blocked is None else settled & ~blocked), labelled & fraud


def _window(
    queries: Sequence[Query],
    query_time_ms: Ints,
    histories: Sequence[Sequence[Event] | None],
    others: Sequence[str | None],
    *,
    window_days: int,
    events_max: int,
) -> Windows:
    tables = [EventColumns.of(events or ()).table for events in histories]
    row = np.repeat(np.arange(len(tables)), [table.shape[1] for table in tables])
    ids, event_ms, amount, parties, is_fraud, known_at_ms, blocked = np.concatenate((_NO_EVENTS, *tables), axis=1)
    own_ids = np.array([key_of(query.transaction_id) for query in queries], dtype=np.int64)
    own_others = np.array([key_of(other) for other in others], dtype=np.int64)
    now_ms = query_time_ms[row]
    age_ms = now_ms - event_ms
    amount = clip_amounts(amount)
    known, fraud = label_seen(now_ms, age_ms, is_fraud != 0, known_at_ms, blocked != 0)
    # not the query's own event, if the history has it already
    seen = (age_ms > 0) & (age_ms <= window_days * DAY_MS) & (ids != own_ids[row])

    order = np.flatnonzero(seen)
    order = order[_newest_first(row[order], age_ms[order], amount[order], fraud[order])]
    counts = np.bincount(row[order], minlength=len(tables))
    order = order[_positions(counts) < events_max]
    counts = np.minimum(counts, events_max)

    shape = (len(tables), int(counts.max(initial=0)))
    at = row[order] * shape[1] + _positions(counts)
    readable = np.array([events is not None for events in histories], dtype=np.bool_)
    return Windows(
        counts=np.where(readable, counts, UNREADABLE),
        age_ms=_scatter(shape, at, age_ms[order], NEVER_MS),
        amount_minor=_scatter(shape, at, amount[order], 0),
        known=_scatter(shape, at, known[order], False),
        fraud=_scatter(shape, at, fraud[order], False),
        same=_scatter(shape, at, (parties == own_others[row])[order], False),
    )


def _newest_first(row: Ints, age_ms: Ints, amount: Ints, fraud: Bools) -> Ints:
    """The order by row, then age; events of the same age by descending amount, then frauds first."""
    key = (row << _AGE_BITS) | age_ms
    order = np.argsort(key, kind="stable")  # quick, for stored histories are in this order
    key = key[order]
    like_next = np.append(key[1:] == key[:-1], False)
    if like_next.any():
        tied = np.flatnonzero(like_next | np.roll(like_next, 1))
        events = order[tied]
        order[tied] = events[np.lexsort((~fraud[events], -amount[events], key[tied]))]
    return order


def _positions(counts: Ints) -> Ints:
    """0, 1, 2 ... within each row of so many events."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _scatter(shape: tuple[int, int], at: Ints, values: NDArray[T], padding: int | bool) -> NDArray[T]:
    padded = np.full(shape[0] * shape[1], padding, dtype=values.dtype)
    padded[at] = values
    return padded.reshape(shape)
