"""Readings are reused for a second and bounded in events."""

import pytest

from brain.domain import Event
from brain.history import cache
from brain.history.cache import ReadingsCache
from tests.clock import Clock


@pytest.fixture
def readings(clock: Clock) -> ReadingsCache:
    """An empty cache."""
    return ReadingsCache(clock)


def some_events(count: int) -> list[Event]:
    """Events of one user."""
    return [Event(f"t{n}", n, 100, "m") for n in range(count)]


def test_a_reading_is_reused_for_its_life_and_no_longer(readings: ReadingsCache, clock: Clock) -> None:
    """A stranger's empty history is a reading too."""
    readings.put("busy", some_events(2))
    readings.put("stranger", [])
    assert readings.get("busy") == some_events(2)
    assert readings.get("stranger") == []

    clock.now_s += cache.LIFE_S

    assert readings.get("busy") is None
    assert readings.get("stranger") is None


def test_the_number_of_events_is_bounded(readings: ReadingsCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest readings make room for the newest."""
    monkeypatch.setattr(cache, "EVENTS_MAX", 5)

    for name in "abc":
        readings.put(name, some_events(2))

    assert readings.get("a") is None
    assert readings.get("b") == some_events(2)
    assert readings.get("c") == some_events(2)


def test_a_reading_that_is_no_longer_fresh_is_used_until_it_is_renewed(readings: ReadingsCache, clock: Clock) -> None:
    """After FRESH_S it is stale but not missing; who was never read is both."""
    readings.put("known", some_events(1))
    assert readings.stale(["known", "new", "new"]) == ["new"]

    clock.now_s += cache.FRESH_S

    assert readings.stale(["known", "new"]) == ["known", "new"]
    assert readings.missing(["known", "new", "new"]) == ["new"]


def test_a_second_reading_replaces_the_first(readings: ReadingsCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of a replaced reading are not counted twice."""
    monkeypatch.setattr(cache, "EVENTS_MAX", 5)

    for _ in range(3):
        readings.put("a", some_events(2))
    readings.put("b", some_events(2))

    assert readings.get("a") == some_events(2)
    assert readings.get("b") == some_events(2)


def test_expired_readings_are_dropped_when_new_ones_come(
    readings: ReadingsCache, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that nobody asks for again do not pile up: they no longer count against the bound."""
    monkeypatch.setattr(cache, "EVENTS_MAX", 4)
    readings.put("a", some_events(4))
    clock.now_s += cache.LIFE_S

    readings.put("b", some_events(4))

    assert readings.get("b") == some_events(4)
