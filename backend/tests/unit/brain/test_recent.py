"""The overlay of what was scored a moment ago: counted once, bounded, short-lived."""

from dataclasses import replace

import pytest

from brain.domain import Event, Query
from brain.history import recent
from brain.history.recent import RecentEvents
from tests.clock import Clock


@pytest.fixture
def events(clock: Clock) -> RecentEvents:
    """An empty overlay."""
    return RecentEvents(clock)


def a_query(
    transaction_id: str, *, user_id: str = "u", merchant_id: str | None = "m", amount_minor: int | None = 100
) -> Query:
    """Something that is being scored."""
    return Query(transaction_id, 5000, amount_minor, user_id, merchant_id)


ASKING = a_query("asking")


def test_a_scored_transaction_counts_for_its_user_and_its_merchant(events: RecentEvents) -> None:
    """Each side sees the other as the counterparty."""
    events.remember([a_query("t1")])

    assert events.of_user(ASKING) == [Event("t1", 5000, 100, "m")]
    assert events.of_merchant(ASKING) == [Event("t1", 5000, 100, "u")]


def test_hedges_and_replays_count_once(events: RecentEvents) -> None:
    """Three attempts at one transaction are one event."""
    events.remember([a_query("t1"), a_query("t1")])
    events.remember([a_query("t1")])

    assert len(events.of_user(ASKING)) == 1
    assert len(events) == 1


def test_a_transaction_is_not_its_own_history(events: RecentEvents) -> None:
    """It is remembered before it is scored, for its neighbours in the batch; itself it must not see."""
    events.remember([a_query("t1"), a_query("t2")])

    assert [event.transaction_id for event in events.of_user(a_query("t1"))] == ["t2"]
    assert [event.transaction_id for event in events.of_merchant(a_query("t1"))] == ["t2"]


def test_a_query_without_a_merchant_has_no_neighbours_there(events: RecentEvents) -> None:
    """Nobody's merchant is not a merchant that all of them share."""
    events.remember([a_query("t1", merchant_id=None)])

    assert events.of_merchant(a_query("t2", merchant_id=None)) == []


def test_strangers_have_no_events(events: RecentEvents) -> None:
    """Asking leaves nothing behind."""
    assert events.of_user(a_query("q", user_id="nobody")) == []
    assert events.of_merchant(a_query("q", merchant_id="nowhere")) == []
    assert len(events) == 0


def test_without_an_amount_there_is_no_event(events: RecentEvents) -> None:
    """A currency without a rate cannot be compared with anything."""
    events.remember([a_query("t1", amount_minor=None)])

    assert events.of_user(ASKING) == []


def test_an_event_lives_for_a_minute(events: RecentEvents, clock: Clock) -> None:
    """What nobody observed by then is dropped with the next score."""
    events.remember([a_query("old")])
    clock.now_s += recent.LIFE_S - 1
    events.remember([a_query("young")])

    clock.now_s += 1
    events.remember([])

    assert [event.transaction_id for event in events.of_user(ASKING)] == ["young"]


def test_a_replay_does_not_prolong_a_life(events: RecentEvents, clock: Clock) -> None:
    """What is sent again and again, yet never observed, is dropped a minute after its first score."""
    events.remember([a_query("t1")])
    clock.now_s += recent.LIFE_S - 1
    events.remember([a_query("t1")])

    clock.now_s += 1
    events.remember([])

    assert len(events) == 0


def test_observed_events_leave_once_older_readings_are_out_of_use(events: RecentEvents, clock: Clock) -> None:
    """For SETTLING_S the overlay and the profiles both know it; afterwards only the profiles do."""
    events.remember([a_query("t1"), a_query("t2")])
    events.observed([a_query("t1")])
    clock.now_s += recent.SETTLING_S / 2
    events.remember([])
    assert len(events.of_user(ASKING)) == 2

    clock.now_s += recent.SETTLING_S / 2
    events.remember([])

    assert [event.transaction_id for event in events.of_user(ASKING)] == ["t2"]
    assert [event.transaction_id for event in events.of_merchant(ASKING)] == ["t2"]


def test_what_was_blocked_counts_as_blocked_as_soon_as_that_is_told(events: RecentEvents, clock: Clock) -> None:
    """It was scored before anybody decided; the readings in use may not say it for seconds."""
    events.remember([a_query("t1"), a_query("t2")])
    assert not any(event.is_blocked for event in events.of_user(ASKING))

    events.observed([replace(a_query("t1", amount_minor=999), is_blocked=True), a_query("t2")])

    for side in (events.of_user(ASKING), events.of_merchant(ASKING)):
        assert {event.transaction_id: (event.is_blocked, event.amount_minor) for event in side} == {
            "t1": (True, 100),
            "t2": (False, 100),
        }
    clock.now_s += recent.SETTLING_S
    events.remember([])
    assert len(events) == 0


def test_what_another_brain_scored_shows_as_soon_as_it_is_observed_here(events: RecentEvents, clock: Clock) -> None:
    """A reading of a moment ago may not hold it yet, so the overlay does until that is out of use."""
    events.observed([a_query("t1")])
    assert [event.transaction_id for event in events.of_user(ASKING)] == ["t1"]

    clock.now_s += recent.SETTLING_S
    events.remember([])

    assert events.of_user(ASKING) == []


def test_a_busy_user_is_bounded_to_the_newest(events: RecentEvents) -> None:
    """One more than the limit drops the oldest of that user."""
    events.remember(a_query(f"t{n}", merchant_id=None) for n in range(recent.EVENTS_PER_KEY_MAX + 1))

    ids = {event.transaction_id for event in events.of_user(ASKING)}
    assert len(ids) == recent.EVENTS_PER_KEY_MAX
    assert "t0" not in ids


def test_the_whole_is_bounded(events: RecentEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past EVENTS_MAX the oldest goes, with all its traces."""
    monkeypatch.setattr(recent, "EVENTS_MAX", 3)

    events.remember(a_query(f"t{n}", user_id=f"u{n}") for n in range(5))

    assert len(events) == 3
    assert events.of_user(a_query("q", user_id="u0")) == []
    assert {event.transaction_id for event in events.of_merchant(ASKING)} == {"t2", "t3", "t4"}


def test_a_canary_leaves_no_trace(events: RecentEvents) -> None:
    """Nobody paid: neither scoring nor observing makes an event of it."""
    canary = replace(a_query("canary"), is_canary=True)

    events.remember([canary])
    events.observed([canary])

    assert len(events) == 0
    assert events.of_user(ASKING) == []
