"""Reads from the memory what was known of an entity at the time of a query."""

from typing import NamedTuple

import numpy as np

from brain.columns import KEYS, NOBODY, TIME_MS, Row
from brain.compiled import borrowing, compiled
from brain.features.distinct import DISTINCT_MAX
from brain.features.usual import USUAL_EVENTS
from brain.features.windows import SETS, UNREADABLE, Ints, Window
from brain.history.layout import BLOCKED, EVENTS_MAX, FRAUD, NONE, Ring
from brain.history.lookahead import STARTS, Slots

# Longer than this no query whose own payment is not in the list searches for its time: 65,536 newer payments of one
# merchant take 5 ms.
STEPS_MAX = 65_536


class View(NamedTuple):
    """
    What one query sees of the memory.

    Attributes:
        ring: The memory.
        query: (COLUMNS,) a row as in `brain.columns`.
        ahead: (STARTS[-1],) where its first events are, as `look_ahead` found them.
        own_slot: The event of the query itself, which it does not see; NONE where it is not there.
        reach_ms: (kinds,) how far back it sees the history of each kind, at most WINDOW_MS; UNREADABLE for not at all.
        label_delay_ms: An event without a label that is older counts as genuine, unless it was blocked.
        has_labels: Whether it sees labels at all; False only in training.
    """

    ring: Ring
    query: Row
    ahead: Slots
    own_slot: int
    reach_ms: Ints
    label_delay_ms: int
    has_labels: bool


@compiled
def make_window(kind: int) -> Window:
    """Make the arrays for windows of one kind of entity. They may be used again and again."""
    n = EVENTS_MAX[kind]
    ages, amounts = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    known, fraud = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
    sets, ordered = np.empty((SETS, DISTINCT_MAX + 1), dtype=np.int64), np.empty(USUAL_EVENTS, dtype=np.int64)
    return Window(0, ages, amounts, known, fraud, np.empty(n, dtype=np.int32), sets, ordered)


@borrowing
def window(view: View, kind: int, seen: Window) -> Window:
    """
    Find the events of the query's entity of one kind that the query sees, newest first.

    Those are strictly earlier than the query, inside the window, and not the query itself. Events of the same time
    stand in descending order of amount, then frauds first.

    Args:
        view: The query, and what it may see.
        seen: Whose arrays are filled and returned.

    Returns:
        The window; UNREADABLE where the query names no such entity or may not see it, or its events are too far back
        behind newer ones.
    """
    is_hidden = view.query[KEYS + kind] == NOBODY or view.reach_ms[kind] == UNREADABLE
    n = UNREADABLE if is_hidden else _fill(view, kind, seen)
    return Window(n, seen.age_ms, seen.amount_minor, seen.known, seen.fraud, seen.slot, seen.sets, seen.sorted)


@borrowing
def _fill(view: View, kind: int, seen: Window) -> int:
    """Fill in the events that the query sees, and count them."""
    now_ms, events_max, reach_ms = view.query[TIME_MS], EVENTS_MAX[kind], view.reach_ms[kind]
    events, ahead, start = view.ring.events, view.ahead, STARTS[kind]
    count = steps = 0
    slot = ahead[start]
    while slot != NONE:
        # All in one loop: to call a function with these arrays costs more than an event does.
        event = events[slot]
        age_ms = now_ms - event["time_ms"]
        if age_ms > reach_ms or (count == events_max and age_ms > seen.age_ms[count - 1]):
            break
        if steps == STEPS_MAX:
            return UNREADABLE
        if age_ms > 0 and slot != view.own_slot:
            amount_minor, marks = event["amount_minor"], event["marks"]
            is_labelled = event["known_at_ms"] <= now_ms and view.has_labels
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
                seen.known[at] = is_labelled or (age_ms >= view.label_delay_ms and not marks & BLOCKED)
                seen.fraud[at] = is_fraud
                seen.slot[at] = slot
        steps += 1
        slot = ahead[start + steps] if steps < events_max else event["older"][kind]
    return count


@borrowing
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


@borrowing
def _make_room(seen: Window, at: int, count: int) -> None:
    """Move the events from a place on by one; the last of `count` places is overwritten."""
    for n in range(count - 1, at, -1):
        seen.age_ms[n], seen.amount_minor[n] = seen.age_ms[n - 1], seen.amount_minor[n - 1]
        seen.known[n], seen.fraud[n], seen.slot[n] = seen.known[n - 1], seen.fraud[n - 1], seen.slot[n - 1]
