"""Debts are worked off slowly at first, faster while all is well, and never in a rush."""

import pytest

from gateway.features.rescoring.rate import BURST, FLOOR_PER_S, PAUSE_S, START_PER_S, Pace
from tests.clock import Clock


@pytest.fixture
def pace(clock: Clock) -> Pace:
    """Of at most 500 a second."""
    return Pace(500.0, clock)


def turns_within(pace: Pace, clock: Clock, seconds: float) -> int:
    """How many turns somebody gets in so many seconds who takes each one as soon as it may."""
    end_s, turns = clock.now_s + seconds, 0
    while clock.now_s < end_s:
        clock.now_s += pace.take_turn()
        turns += 1
    return turns


def test_it_begins_slowly_and_doubles(pace: Pace, clock: Clock) -> None:
    """A brain that has just come back gets 50 in its first second, and 500 from the fifth on."""
    of_each_second = [turns_within(pace, clock, 1.0) for _ in range(6)]

    assert of_each_second[0] == pytest.approx(START_PER_S, abs=BURST + 1)
    assert of_each_second[1] == pytest.approx(2 * START_PER_S, abs=BURST)
    assert of_each_second[5] == pytest.approx(500, abs=BURST)
    assert pace.per_s == 500


def test_no_more_than_a_burst_comes_at_once(pace: Pace, clock: Clock) -> None:
    """However long nobody took a turn."""
    pace.take_turn()
    clock.now_s += 5

    waits = [pace.take_turn() for _ in range(BURST + 1)]

    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST] > 0


def test_failures_pause_and_halve_it(pace: Pace, clock: Clock) -> None:
    """Those that were under way when it slowed down count once."""
    for _ in range(5):
        turns_within(pace, clock, 1.0)

    for _ in range(20):
        pace.failed()

    assert pace.per_s == 250
    assert pace.take_turn() >= PAUSE_S - 0.1


def test_a_lone_failure_is_luck(pace: Pace, clock: Clock) -> None:
    """One in a hundred, for ever, costs nothing."""
    for _ in range(5):
        turns_within(pace, clock, 1.0)

    for _ in range(50):
        pace.failed()
        for _ in range(99):
            pace.succeeded()

    assert pace.per_s == 500


def test_it_never_stops_altogether(pace: Pace, clock: Clock) -> None:
    """Or nobody would find out that the brain is well again."""
    for _ in range(50):
        pace.slow_down()
        clock.now_s += 2 * PAUSE_S

    assert pace.per_s == FLOOR_PER_S
    assert turns_within(pace, clock, 5.0) > 0


def test_after_a_rest_it_begins_anew(pace: Pace, clock: Clock) -> None:
    """What was true of the brain then need not be true now."""
    for _ in range(6):
        turns_within(pace, clock, 1.0)
    clock.now_s += 60

    pace.take_turn()

    assert pace.per_s == START_PER_S
