"""Reads from the memory what was known of an entity at the time of a query."""

import numpy as np

from brain.compiled import compiled
from brain.domain import LABEL_DELAY_MS
from brain.features.windows import UNREADABLE, Window
from brain.history.layout import BLOCKED, COUNTERPARTY, EVENTS_MAX, FRAUD, NOBODY, NONE, TRANSACTION, WINDOW_MS, Ring
from brain.history.lookahead import Slots
from brain.history.ring import KEYS, TIME_MS, Row

# Longer than this no query whose own payment is not in the list searches for its time: 65,536 newer payments of one
# merchant take 5 ms.
STEPS_MAX = 65_536


@compiled
def make_window(kind: int) -> Window:
    """Make the arrays for windows of one kind of entity. They may be used again and again."""
    n = EVENTS_MAX[kind]
    ages, amounts = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    return Window(
        0, ages, amounts, np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
    )


@compiled
def window(ring: Ring, kind: int, query: Row, ahead: Slots, seen: Window) -> Window:
    """
    Find the events of the query's entity of one kind that the query sees, newest first.

    Those are strictly earlier than the query, inside the window, and not the query itself. Events of the same time
    stand in descending order of amount, then frauds first.

    Args:
        query: (COLUMNS,) a row as in `brain.history.ring`.
        ahead: Where its first events are, as `look_ahead` found them.
        seen: Whose arrays are filled and returned.

    Returns:
        The window; UNREADABLE where the query names no such entity, or its events are too far back behind newer ones.
    """
    n = UNREADABLE if query[KEYS + kind] == NOBODY else _fill(ring, kind, query, ahead, seen)
    return Window(n, seen.age_ms, seen.amount_minor, seen.known, seen.fraud, seen.same)


@compiled
def _fill(ring: Ring, kind: int, query: Row, ahead: Slots, seen: Window) -> int:
    """Fill in the events that the query sees, and count them."""
    other, other_key, own_key = COUNTERPARTY[kind], query[KEYS + COUNTERPARTY[kind]], query[KEYS + TRANSACTION]
    now_ms, events_max = query[TIME_MS], EVENTS_MAX[kind]
    count = steps = 0
    slot = ahead[0]
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
        steps += 1
        slot = ahead[steps] if steps < len(ahead) else event["older"][kind]
    return count


@compiled
def _place_among_equals(seen: Window, count: int, amount_minor: int, is_fraud: bool) -> int:
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
def _make_room(seen: Window, at: int, count: int) -> None:
    """Move the events from a place on by one; the last of `count` places is overwritten."""
    for n in range(count - 1, at, -1):
        seen.age_ms[n], seen.amount_minor[n] = seen.age_ms[n - 1], seen.amount_minor[n - 1]
        seen.known[n], seen.fraud[n], seen.same[n] = seen.known[n - 1], seen.fraud[n - 1], seen.same[n - 1]
