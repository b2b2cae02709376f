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
    count = steps = 0
    slot = slot_of(ring, kind, key)
    while slot != NONE:
        event = ring.events[slot]
        age_ms = query[TIME_MS] - event["time_ms"]
        if age_ms > WINDOW_MS[kind] or (count == EVENTS_MAX[kind] and age_ms > seen.age_ms[count - 1]):
            break
        if steps == STEPS_MAX:
            return UNREADABLE
        if age_ms > 0 and event["keys"][TRANSACTION] != query[KEYS + TRANSACTION]:
            count = _add(ring, slot, kind, query, seen, count)
        slot = event["older"][kind]
        steps += 1
    return count


@compiled
def _add(ring: Ring, slot: int, kind: int, query: Row, seen: Seen, count: int) -> int:  # noqa: PLR0917 (compiled code takes none by name)
    """Add one event to those seen, which are not older. Returns how many they are now."""
    event = ring.events[slot]
    age_ms = query[TIME_MS] - event["time_ms"]
    amount_minor, marks = event["amount_minor"], event["marks"]
    is_labelled = event["known_at_ms"] <= query[TIME_MS]
    is_fraud = is_labelled and (marks & FRAUD) != 0
    at = count
    while at > 0 and seen.age_ms[at - 1] == age_ms:
        if amount_minor < seen.amount_minor[at - 1]:
            break
        if amount_minor == seen.amount_minor[at - 1] and not (is_fraud and not seen.fraud[at - 1]):
            break
        at -= 1
    if at == EVENTS_MAX[kind]:
        return count
    count = min(count + 1, EVENTS_MAX[kind])
    for n in range(count - 1, at, -1):
        seen.age_ms[n], seen.amount_minor[n] = seen.age_ms[n - 1], seen.amount_minor[n - 1]
        seen.known[n], seen.fraud[n], seen.same[n] = seen.known[n - 1], seen.fraud[n - 1], seen.same[n - 1]
    other = COUNTERPARTY[kind]
    seen.age_ms[at] = age_ms
    seen.amount_minor[at] = amount_minor
    seen.known[at] = is_labelled or (age_ms >= LABEL_DELAY_MS and not marks & BLOCKED)
    seen.fraud[at] = is_fraud
    seen.same[at] = query[KEYS + other] != NOBODY and event["keys"][other] == query[KEYS + other]
    return count
