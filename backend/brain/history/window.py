"""Reads from the memory what was known of an entity at the time of a query."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
from brain.domain import LABEL_DELAY_MS
from brain.history.layout import BLOCKED, COUNTERPARTY, EVENTS_MAX, FRAUD, NOBODY, NONE, TRANSACTION, WINDOW_MS, Ring
from brain.history.ring import KEYS, TIME_MS, Row
from brain.history.tables import slot_of

# Longer than this no query searches for its own time: 65,536 newer payments of one merchant take 5 ms.
STEPS_MAX = 65_536
UNREADABLE = -1


class Seen(NamedTuple):
    """
    Arrays for the events of one entity that a query sees, newest first: (EVENTS_MAX of its kind,) each.

    Attributes:
        age_ms: How long before the query, at least 1.
        amount_minor: Hundredths of the reference currency, at most AMOUNT_MINOR_MAX.
        known: Whether it was known, at the query's time, if the event was fraud.
        fraud: Whether it was then known to be fraud.
        same: Whether its counterparty is the query's.
    """

    age_ms: NDArray[np.int64]
    amount_minor: NDArray[np.int64]
    known: NDArray[np.bool_]
    fraud: NDArray[np.bool_]
    same: NDArray[np.bool_]


def make_seen(kind: int) -> Seen:
    """Make the arrays for entities of one kind. They may be used again and again."""
    n = EVENTS_MAX[kind]
    ints, bools = (np.zeros((2, n), dtype=np.int64), np.zeros((3, n), dtype=np.bool_))
    return Seen(*ints, *bools)


@compiled
def window(ring: Ring, kind: int, query: Row, seen: Seen) -> int:
    """
    Fill in the events of the query's entity of one kind that the query sees, newest first.

    Those are strictly earlier than the query, inside the window, and not the query itself. Events of the same time
    stand in descending order of amount, then frauds first.

    Args:
        query: (COLUMNS,) a row as in `brain.history.ring`.

    Returns:
        The number of events, 0 where the query names no such entity; UNREADABLE when they are too far back behind
        newer ones.
    """
    key = query[KEYS + kind]
    if key == NOBODY:
        return 0
    other, other_key, own_key = COUNTERPARTY[kind], query[KEYS + COUNTERPARTY[kind]], query[KEYS + TRANSACTION]
    now_ms, events_max = query[TIME_MS], EVENTS_MAX[kind]
    count = steps = 0
    slot = slot_of(ring, kind, key)
    while slot != NONE:
        # All in one loop: to call a function with these arrays costs more than an event does.
        event = ring.events[slot]
        age_ms = now_ms - event["time_ms"]
        if age_ms > WINDOW_MS[kind] or (count == events_max and age_ms > seen.age_ms[count - 1]):
            break
        if steps == STEPS_MAX:
            return UNREADABLE
        if age_ms > 0 and event["keys"][TRANSACTION] != own_key:
            amount_minor, marks = event["amount_minor"], event["marks"]
            is_labelled = event["known_at_ms"] <= now_ms
            is_fraud = is_labelled and (marks & FRAUD) != 0
            at = count
            if count > 0 and seen.age_ms[count - 1] == age_ms:
                at = _place_among_equals(seen, count, amount_minor, is_fraud)
            if at < events_max:
                count = min(count + 1, events_max)
                if at < count - 1:
                    _make_room(seen, at, count)
                seen.age_ms[at] = age_ms
                seen.amount_minor[at] = amount_minor
                seen.known[at] = is_labelled or (age_ms >= LABEL_DELAY_MS and not marks & BLOCKED)
                seen.fraud[at] = is_fraud
                seen.same[at] = other_key != NOBODY and event["keys"][other] == other_key
        slot = event["older"][kind]
        steps += 1
    return count


@compiled
def _place_among_equals(seen: Seen, count: int, amount_minor: int, is_fraud: bool) -> int:
    """Find the place of an event among those seen that are as old as the last one."""
    age_ms = seen.age_ms[count - 1]
    at = count
    while at > 0 and seen.age_ms[at - 1] == age_ms:
        if amount_minor < seen.amount_minor[at - 1]:
            break
        if amount_minor == seen.amount_minor[at - 1] and not (is_fraud and not seen.fraud[at - 1]):
            break
        at -= 1
    return at


@compiled
def _make_room(seen: Seen, at: int, count: int) -> None:
    """Move the events from a place on by one; the last of `count` places is overwritten."""
    for n in range(count - 1, at, -1):
        seen.age_ms[n], seen.amount_minor[n] = seen.age_ms[n - 1], seen.amount_minor[n - 1]
        seen.known[n], seen.fraud[n], seen.same[n] = seen.known[n - 1], seen.fraud[n - 1], seen.same[n - 1]
