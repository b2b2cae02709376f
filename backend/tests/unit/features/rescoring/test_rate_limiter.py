"""The backlog is worked off slowly at first, faster while all is well, and never in a rush."""

import pytest

from gateway.features.rescoring.rate_limiter import BURST, FLOOR_PER_S, PAUSE_S, START_PER_S, RateLimiter
from tests.clock import Clock


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    """Of at most 500 a second."""
    return RateLimiter(500.0, clock)


def turns_within(limiter: RateLimiter, clock: Clock, seconds: float) -> int:
    """How many turns somebody gets in so many seconds who takes each one as soon as it may."""
    end_s, turns = clock.now_s + seconds, 0
    while clock.now_s < end_s:
        clock.now_s += limiter.take_turn()
        turns += 1
    return turns


def test_it_begins_slowly_and_doubles(limiter: RateLimiter, clock: Clock) -> None:
    """A brain that has just come back gets 50 in its first second, and 500 from the fifth on."""
    of_each_second = [turns_within(limiter, clock, 1.0) for _ in range(6)]

    assert of_each_second[0] == pytest.approx(START_PER_S, abs=BURST + 1)
    assert of_each_second[1] == pytest.approx(2 * START_PER_S, abs=BURST)
    assert of_each_second[5] == pytest.approx(500, abs=BURST)
    assert limiter.per_s == 500


def test_no_more_than_a_burst_comes_at_once(limiter: RateLimiter, clock: Clock) -> None:
    """However long nobody took a turn."""
    limiter.take_turn()
    clock.now_s += 5

    waits = [limiter.take_turn() for _ in range(BURST + 1)]

    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST] > 0


def test_failures_pause_and_halve_it(limiter: RateLimiter, clock: Clock) -> None:
    """Those that were under way when it slowed down count once."""
    for _ in range(5):
        turns_within(limiter, clock, 1.0)

    for _ in range(20):
        limiter.failed()

    assert limiter.per_s == 250
    assert limiter.take_turn() >= PAUSE_S - 0.1


def test_a_lone_failure_is_luck(limiter: RateLimiter, clock: Clock) -> None:
    """One in a hundred, for ever, costs nothing."""
    for _ in range(5):
        turns_within(limiter, clock, 1.0)

    for _ in range(50):
        limiter.failed()
        for _ in range(99):
            limiter.succeeded()

    assert limiter.per_s == 500


def test_it_never_stops_altogether(limiter: RateLimiter, clock: Clock) -> None:
    """Or nobody would find out that the brain is well again."""
    for _ in range(50):
        limiter.slow_down()
        clock.now_s += 2 * PAUSE_S

    assert limiter.per_s == FLOOR_PER_S
    assert turns_within(limiter, clock, 5.0) > 0


def test_after_a_rest_it_begins_anew(limiter: RateLimiter, clock: Clock) -> None:
    """What was true of the brain then need not be true now."""
    for _ in range(6):
        turns_within(limiter, clock, 1.0)
    clock.now_s += 60

    limiter.take_turn()

    assert limiter.per_s == START_PER_S
