"""A window of the memory is what the definition of features asks for."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from brain.columns import MERCHANT, USER
from brain.domain import DAY_MS, LABEL_DELAY_MS, USER_EVENTS_MAX, USER_WINDOW_DAYS, Event, Query
from brain.features.windows import AMOUNT_MINOR_MAX, UNREADABLE, Window
from brain.history.layout import WINDOW_MS, Ring, make_ring
from brain.history.lookahead import look_ahead, make_ahead
from brain.history.ring import add_label, add_recorded
from brain.history.rows import key_of, rows_of
from brain.history.window import STEPS_MAX, View, make_window, window
from brain.scoring.features import own_slot

NOW_MS = 1_800_000_000_000
HOUR_MS = DAY_MS // 24

# few values of each, so that events are often equal in some of them; ages around all edges of the window
AGES_MS = st.sampled_from([-1, 0, 1, HOUR_MS, 7 * DAY_MS - 1, 7 * DAY_MS, 30 * DAY_MS, 30 * DAY_MS + 1, 37 * DAY_MS])
LABELS = st.sampled_from([(None, None), (True, NOW_MS), (True, NOW_MS + 1), (False, NOW_MS - DAY_MS)])
PAYMENTS = st.lists(
    st.tuples(AGES_MS, st.integers(0, 2), st.sampled_from(["m1", "m2", None]), LABELS, st.booleans()), max_size=40
)


@given(PAYMENTS)
def test_it_is_the_window_of_the_events(payments: Sequence[tuple[Any, ...]]) -> None:
    """Ages, amounts and labels in the same order, and as many of the same merchant."""
    ring, events, merchants = make_ring(0.01), [], []
    for n, (age_ms, amount, merchant, (is_fraud, known_at_ms), blocked) in enumerate(payments):
        events.append(Event(f"t{n}", NOW_MS - age_ms, amount, merchant or "", is_fraud, known_at_ms, blocked))
        merchants.append(merchant)
    remember(ring, "u", events, merchants)

    for own, merchant in (("t0", "m1"), ("t39", None)):
        query = Query(own, NOW_MS, 5, "u", merchant)
        assert seen(ring, query) == expected(query, events)


def test_of_too_many_events_the_newest_are_seen() -> None:
    """Also where events of the same time stand at the edge: then the largest amounts, and frauds before others."""
    numbers = np.random.default_rng(3).permutation(900).tolist()
    # three at each time, so the edge of 256 goes through the middle of a group
    labels = {n: (True, NOW_MS - 1) if n % 7 == 0 else (None, None) for n in numbers}
    events = [Event(f"t{n}", NOW_MS - 1 - n // 3 * HOUR_MS // 4, n % 3 // 2, "m", *labels[n]) for n in numbers]
    ring = make_ring(0.25)
    remember(ring, "u", events, ["m"] * len(events))

    query = Query("t", NOW_MS, 5, "u", "m")
    assert seen(ring, query) == expected(query, events)
    assert len(seen(ring, query)[0]) == USER_EVENTS_MAX


def test_amounts_beyond_what_the_model_tells_apart_are_one_amount() -> None:
    """As in the window of documents."""
    ring = make_ring(0.01)
    events = [Event(f"t{n}", NOW_MS - 5, amount, "m") for n, amount in enumerate((AMOUNT_MINOR_MAX, 2**60, 3))]
    remember(ring, "u", events, ["m"] * 3)

    assert seen(ring, Query("t", NOW_MS, 5, "u", "m"))[1] == [AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX, 3]


def test_nobody_has_no_events() -> None:
    """A query without a merchant, and one of a user who is new."""
    ring = make_ring(0.01)
    remember(ring, "u", [Event("t1", NOW_MS - 5, 3, "")], [None])

    assert seen(ring, Query("t", NOW_MS, 5, "new", None)) == ([], [], [], 0)
    assert window_of(ring, MERCHANT, Query("t", NOW_MS, 5, "u", None)).n == UNREADABLE


def test_a_query_behind_too_many_newer_payments_is_told_so() -> None:
    """It has a history that nobody can afford to search: that is not an empty one."""
    ring = make_ring(16)
    newer = [Query(f"t{n}", NOW_MS + n, 3, "u", None) for n in range(STEPS_MAX + 1)]
    add_recorded(ring, rows_of([Query("before", NOW_MS - 5, 3, "u", None), *newer]), False)

    assert window_of(ring, USER, Query("t", NOW_MS + 1, 5, "u", None)).n == UNREADABLE
    assert window_of(ring, USER, Query("t", NOW_MS + STEPS_MAX, 5, "u", None)).n == USER_EVENTS_MAX


def test_a_late_query_begins_at_its_own_payment() -> None:
    """After an outage a busy merchant has tens of thousands of newer ones: each score walked past all of them."""
    ring = make_ring(16)
    payments = [Query(f"t{n}", NOW_MS + n, 3, "u", None) for n in range(STEPS_MAX + 10)]
    add_recorded(ring, rows_of(payments), False)

    assert seen(ring, payments[5])[0] == [1, 2, 3, 4, 5]
    assert seen(ring, replace(payments[5], time_ms=NOW_MS + STEPS_MAX))[0][:2] == [1, 2]
    assert seen(ring, replace(payments[5], user_id="new"))[0] == []


def remember(ring: Ring, user: str, events: Sequence[Event], merchants: Sequence[str | None]) -> None:
    for event, merchant in zip(events, merchants, strict=True):
        payment = Query(event.transaction_id, event.time_ms, event.amount_minor, user, merchant)
        add_recorded(ring, rows_of([replace(payment, is_blocked=event.is_blocked)]), False)
        if event.is_fraud is not None and event.known_at_ms is not None:
            add_label(ring, key_of(event.transaction_id), event.is_fraud, event.known_at_ms, 1)


Summary = tuple[list[int], list[int], list[tuple[bool, bool]], int]


def window_of(ring: Ring, kind: int, query: Query) -> Window:
    rows, ahead = rows_of([query]), make_ahead()
    look_ahead(ring, rows, ahead)
    view = View(ring, rows[0], ahead[0], own_slot(ring, rows[0]), np.array(WINDOW_MS), LABEL_DELAY_MS, True)
    return window(view, kind, make_window(kind))


def seen(ring: Ring, query: Query) -> Summary:
    """Return ages, amounts, which frauds and how much is known, and how many are of the same counterparty."""
    found = window_of(ring, USER, query)
    merchant = key_of(query.merchant_id)
    same = [
        query.merchant_id is not None and ring.events[slot]["keys"][MERCHANT] == merchant
        for slot in found.slot[: found.n]
    ]
    age_ms, amount, known, fraud = (
        column[: found.n].tolist() for column in (found.age_ms, found.amount_minor, found.known, found.fraud)
    )
    return summary(age_ms, amount, known, fraud, same)


def expected(query: Query, events: Sequence[Event]) -> Summary:
    """As the features are defined: one event after the other."""
    rows = []
    for event in events:
        age_ms = query.time_ms - event.time_ms
        if 0 < age_ms <= USER_WINDOW_DAYS * DAY_MS and event.transaction_id != query.transaction_id:
            is_labelled = event.known_at_ms is not None and event.known_at_ms <= query.time_ms
            is_fraud = is_labelled and bool(event.is_fraud)
            is_known = is_labelled or (age_ms >= LABEL_DELAY_MS and not event.is_blocked)
            is_same = event.counterparty == query.merchant_id
            rows.append((age_ms, event.amount_minor, is_known, is_fraud, is_same))
    rows.sort(key=lambda row: (row[0], -row[1], not row[3]))
    columns = list(zip(*rows[:USER_EVENTS_MAX], strict=True)) or [()] * 5
    return summary(*map(list, columns))


def summary(age_ms: list[int], amount: list[int], known: list[bool], fraud: list[bool], same: list[bool]) -> Summary:
    # events that differ in nothing but `known` and `same` have no order
    labels = sorted(zip([-age for age in age_ms], amount, fraud, known, strict=True))
    return age_ms, amount, [(f, k) for _, _, f, k in labels], sum(same)
