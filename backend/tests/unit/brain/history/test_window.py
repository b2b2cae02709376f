"""A window of the memory is the very window that was read from documents: only faster."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.domain import DAY_MS, USER_EVENTS_MAX, Event, Query
from brain.features.batches import build_batch
from brain.features.columns import key_of
from brain.features.windows import AMOUNT_MINOR_MAX
from brain.history import window as window_module
from brain.history.layout import MERCHANT, USER, Ring, make_ring
from brain.history.ring import add_label, add_recorded
from brain.history.rows import rows_of
from brain.history.window import UNREADABLE, make_seen, window

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
    ring = make_ring(0.1)
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
    assert read(ring, MERCHANT, Query("t", NOW_MS, 5, "u", None)) == ([], [], [], 0)


def test_a_query_behind_too_many_newer_payments_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a history that nobody can afford to search: that is not an empty one."""
    monkeypatch.setattr(window_module, "STEPS_MAX", 2)  # a constant of compiled code: only the plain function sees it
    ring = make_ring(0.01)
    remember(ring, "u", [Event(f"t{n}", NOW_MS + n, 3, "") for n in range(3)], [None] * 3)
    plain = getattr(window, "py_func", window)

    assert plain(ring, USER, rows_of([Query("t", NOW_MS, 5, "u", None)])[0], make_seen(USER)) == UNREADABLE


def remember(ring: Ring, user: str, events: Sequence[Event], merchants: Sequence[str | None]) -> None:
    for event, merchant in zip(events, merchants, strict=True):
        payment = Query(event.transaction_id, event.time_ms, event.amount_minor, user, merchant)
        add_recorded(ring, rows_of([replace(payment, is_blocked=event.is_blocked)]), False)
        if event.is_fraud is not None and event.known_at_ms is not None:
            add_label(ring, key_of(event.transaction_id), event.is_fraud, event.known_at_ms, 1)


Summary = tuple[list[int], list[int], list[tuple[bool, bool]], int]


def read(ring: Ring, kind: int, query: Query) -> Summary:
    """Return ages, amounts, which frauds and how much is known, and how many are of the same counterparty."""
    arrays = make_seen(kind)
    count = window(ring, kind, rows_of([query])[0], arrays)
    return summary(*(array[:count] for array in arrays))


def seen(ring: Ring, query: Query) -> Summary:
    return read(ring, USER, query)


def expected(query: Query, events: Sequence[Event]) -> Summary:
    user = build_batch([query], [events], [()]).user
    columns = (user.age_ms, user.amount_minor, user.known, user.fraud, user.same)
    return summary(*(column[0, : user.counts[0]] for column in columns))


def summary(age_ms: Any, amount: Any, known: Any, fraud: Any, same: Any) -> Summary:
    # events that differ in nothing but `known` and `same` have no order
    labels = sorted(zip((-age_ms).tolist(), amount.tolist(), fraud.tolist(), known.tolist(), strict=True))
    return (age_ms.tolist(), amount.tolist(), [(f, k) for _, _, f, k in labels], int(same.sum()))
