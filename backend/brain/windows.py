"""Histories as padded arrays: what was there to be seen at the moment of each query, newest event first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from brain.columns import NEVER_MS, EventColumns, key_of
from brain.history import (
    LABEL_DELAY_DAYS,
    MERCHANT_EVENTS_MAX,
    MERCHANT_WINDOW_DAYS,
    USER_EVENTS_MAX,
    USER_WINDOW_DAYS,
    Event,
    Query,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)

DAY_MS = 86_400_000
LABEL_DELAY_MS = LABEL_DELAY_DAYS * DAY_MS

# One million, in hundredths: squares of 512 such amounts still sum exactly in 64 bits.
AMOUNT_MINOR_MAX = 100_000_000
_AGE_BITS = 32  # 49 days: more than the longest window


@dataclass(frozen=True, slots=True)
class Window:
    """
    The visible events of one side (users or merchants) of n queries, w columns.

    Row i holds its `counts[i]` events in the leftmost columns, newest first; events at the same time stand in
    descending order of amount, then frauds first. The columns right of them are padding: `age_ms` NEVER_MS,
    everything else 0 or False, so that every reduction gives the same bits whatever the padding.

    Attributes:
        readable: (n,) False where the history could not be read, or where there is nobody to have one.
        counts: (n,) number of events.
        age_ms: (n, w) how long before the query, at least 1.
        amount_minor: (n, w) hundredths of the reference currency, at most AMOUNT_MINOR_MAX.
        known: (n, w) whether it is settled, at the query's time, what the event was.
        fraud: (n, w) whether it was then known to be fraud.
        same: (n, w) whether its counterparty is the query's.
    """

    readable: Bools
    counts: Ints
    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools
    same: Bools


@dataclass(frozen=True, slots=True)
class Batch:
    """
    n queries and what may be known about each.

    Attributes:
        time_ms: (n,) event time, milliseconds since the epoch.
        amount_minor: (n,) hundredths of the reference currency; 0 where `has_amount` is False.
        has_amount: (n,) False where the amount has no rate to the reference currency.
        user: History of each query's user.
        merchant: History of each query's merchant; not readable where the query names none.
    """

    time_ms: Ints
    amount_minor: Ints
    has_amount: Bools
    user: Window
    merchant: Window


def build_batch(
    queries: Sequence[Query],
    user_events: Sequence[Sequence[Event] | None],
    merchant_events: Sequence[Sequence[Event] | None],
) -> Batch:
    """
    Lay out the histories of n queries, as each could be seen at its own time.

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
    return Batch(
        time_ms=time_ms,
        amount_minor=clip_amounts(np.array([amount or 0 for amount in amounts], dtype=np.int64)),
        has_amount=np.array([amount is not None for amount in amounts], dtype=np.bool_),
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


def clip_amounts(amount_minor: Ints) -> Ints:
    """Bound amounts to 0..AMOUNT_MINOR_MAX, beyond which the model has nothing to tell apart."""
    return np.clip(amount_minor, 0, AMOUNT_MINOR_MAX)


def label_seen(time_ms: Ints, age_ms: Ints, fraud: Bools, known_at_ms: Ints) -> tuple[Bools, Bools]:
    """
    What was known about events at their query's time: (known, fraud), same shape as the arguments.

    A label counts from `known_at_ms` on; an event as old as the label delay without one counts as genuine.
    """
    told = known_at_ms <= time_ms
    return told | ((age_ms >= LABEL_DELAY_MS) & (age_ms < NEVER_MS)), told & fraud


def _window(
    queries: Sequence[Query],
    query_time_ms: Ints,
    histories: Sequence[Sequence[Event] | None],
    others: Sequence[str | None],
    *,
    window_days: int,
    events_max: int,
) -> Window:
    columns = [EventColumns.of(events or ()) for events in histories]
    # its own event, where the history holds it already
    mine = [history.ids != key_of(query.transaction_id) for query, history in zip(queries, columns, strict=True)]
    theirs = [
        history.parties == key_of(other) if other is not None else np.zeros(len(history), dtype=np.bool_)
        for history, other in zip(columns, others, strict=True)
    ]
    row = np.repeat(np.arange(len(queries)), [len(history) for history in columns])
    now_ms = query_time_ms[row]
    age_ms = now_ms - _joined(history.time_ms for history in columns)
    amount = clip_amounts(_joined(history.amount_minor for history in columns))
    known, fraud = label_seen(
        now_ms,
        age_ms,
        _joined((history.fraud for history in columns), np.bool_),
        _joined(history.known_at_ms for history in columns),
    )

    order = np.flatnonzero((age_ms > 0) & (age_ms <= window_days * DAY_MS) & _joined(mine, np.bool_))
    order = order[_newest_first(row[order], age_ms[order], amount[order], fraud[order])]
    row = row[order]
    counts = np.bincount(row, minlength=len(queries))
    column = np.arange(row.size) - (np.cumsum(counts) - counts)[row]
    kept = column < events_max
    order, at = order[kept], (row[kept], column[kept])
    counts = np.minimum(counts, events_max)

    shape = (len(queries), int(counts.max(initial=0)))
    return Window(
        readable=np.array([events is not None for events in histories], dtype=np.bool_),
        counts=counts,
        age_ms=_scatter(shape, at, age_ms[order], NEVER_MS),
        amount_minor=_scatter(shape, at, amount[order], 0),
        known=_scatter(shape, at, known[order], False),
        fraud=_scatter(shape, at, fraud[order], False),
        same=_scatter(shape, at, _joined(theirs, np.bool_)[order], False),
    )


def _joined(parts: Iterable[NDArray[Any]], dtype: type[np.generic] = np.int64) -> NDArray[Any]:
    arrays = list(parts)
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=dtype)


def _newest_first(row: Ints, age_ms: Ints, amount: Ints, fraud: Bools) -> Ints:
    """The order by row, then age; events of the same age by descending amount, then frauds first."""
    key = (row << _AGE_BITS) | age_ms
    order = np.argsort(key, kind="stable")
    if (np.diff(key[order]) == 0).any():
        order = np.lexsort((~fraud, -amount, key))
    return order


def _scatter(shape: tuple[int, int], at: tuple[Ints, Ints], values: NDArray[T], padding: int | bool) -> NDArray[T]:
    padded = np.full(shape, padding, dtype=values.dtype)
    padded[at] = values
    return padded
