"""How many items of batches at once: as many as stay quick, with a clock that the test moves."""

import pytest

from gateway.verdict.batch_turns import SIZE_MIN, TurnLimit
from tests.clock import Clock

QUICK_S, SLOW_S = 0.02, 0.4
SIZE_MAX = 32


@pytest.fixture
def clock() -> Clock:
    """Seconds that only the test moves."""
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> TurnLimit:
    """At its start."""
    return TurnLimit(SIZE_MAX, lambda: clock.now_s)


def take_turns(limit: TurnLimit, clock: Clock, count: int, *, took_s: float) -> None:
    """So many turns, one after the other."""
    for _ in range(count):
        began_s = clock.now_s
        clock.now_s += took_s
        limit.turn_ended(began_s)


def test_quick_turns_leave_it_at_its_most(limit: TurnLimit, clock: Clock) -> None:
    """It never grows past where it began."""
    take_turns(limit, clock, 1000, took_s=QUICK_S)

    assert limit.size == SIZE_MAX


def test_slow_turns_halve_it_down_to_a_few(limit: TurnLimit, clock: Clock) -> None:
    """While something else keeps the machine busy."""
    take_turns(limit, clock, 10, took_s=QUICK_S)
    take_turns(limit, clock, 1, took_s=SLOW_S)
    halved = limit.size
    take_turns(limit, clock, 10, took_s=SLOW_S)

    assert (halved, limit.size) == (SIZE_MAX // 2, SIZE_MIN)


def test_turns_that_were_slow_together_count_once(limit: TurnLimit, clock: Clock) -> None:
    """One stop of everything is one reason, however many were under way."""
    take_turns(limit, clock, 10, took_s=QUICK_S)
    began_s = clock.now_s
    clock.now_s += SLOW_S
    for _ in range(SIZE_MAX):
        limit.turn_ended(began_s)

    assert limit.size == SIZE_MAX // 2


def test_it_comes_back_when_turns_are_quick_again(limit: TurnLimit, clock: Clock) -> None:
    """By one for each round."""
    take_turns(limit, clock, 10, took_s=QUICK_S)
    take_turns(limit, clock, 1, took_s=SLOW_S)
    take_turns(limit, clock, SIZE_MAX // 2 + 1, took_s=QUICK_S)
    grown = limit.size
    take_turns(limit, clock, 1000, took_s=QUICK_S)

    assert (grown, limit.size) == (SIZE_MAX // 2 + 1, SIZE_MAX)


def test_what_is_always_slow_is_no_reason(limit: TurnLimit, clock: Clock) -> None:
    """A latency that is injected into every score does not come from doing many at once."""
    take_turns(limit, clock, 100, took_s=SLOW_S)

    assert limit.size == SIZE_MAX
