"""The review threshold rises within a day and falls at once; two gateways walk the same way."""

import pytest

from gateway.verdict.budgets.target import Ramp, Start

HOUR_S = 3600.0


def test_it_rises_by_a_twenty_fourth_of_the_way_an_hour() -> None:
    """And stops at the target."""
    ramp = Ramp(own=-2.0)
    ramp.aim(0.4, now_s=0.0)

    assert [ramp.value(hours * HOUR_S) for hours in (0, 1, 12, 24, 48)] == pytest.approx([-2.0, -1.9, -0.8, 0.4, 0.4])


def test_it_falls_at_once_and_never_below_the_models_own() -> None:
    """What is reviewed too much harms less than what is not reviewed."""
    ramp = Ramp(own=-2.0)
    ramp.aim(0.4, now_s=0.0)
    ramp.aim(-1.5, now_s=24 * HOUR_S)
    assert ramp.value(24 * HOUR_S) == -1.5

    ramp.aim(-3.0, now_s=24 * HOUR_S)
    assert ramp.value(24 * HOUR_S) == -2.0

    ramp.aim(0.4, now_s=24 * HOUR_S)
    assert ramp.value(25 * HOUR_S) == pytest.approx(-2.0 + 2.4 / 24)


def test_without_enough_payments_it_is_the_models_own() -> None:
    """Whatever it was before."""
    ramp = Ramp(own=-2.0)
    ramp.aim(0.4, now_s=0.0)
    ramp.aim(None, now_s=12 * HOUR_S)

    assert ramp.value(12 * HOUR_S) == -2.0


def test_another_target_is_gone_to_from_where_it_stands() -> None:
    """Nothing jumps up."""
    ramp = Ramp(own=-2.0)
    ramp.aim(0.4, now_s=0.0)
    ramp.aim(2.8, now_s=12 * HOUR_S)

    assert ramp.value(12 * HOUR_S) == pytest.approx(-0.8)
    assert ramp.value(13 * HOUR_S) == pytest.approx(-0.6)


def test_a_way_from_a_file_has_gone_on_meanwhile() -> None:
    """A gateway that was away for an hour comes back to where the others are."""
    ramp = Ramp(own=-2.0, start=Start(-2.0, 0.0))
    ramp.aim(0.4, now_s=6 * HOUR_S)

    assert ramp.value(6 * HOUR_S) == pytest.approx(-1.4)


def test_the_lower_of_two_ways_is_everybodys_and_neither_holds_the_other_back() -> None:
    """However often they hear of each other."""
    one, other = Ramp(-2.0, Start(-1.0, 0.0)), Ramp(-2.0, Start(-1.5, 0.0))
    one.aim(0.4, 0.0)
    other.aim(0.4, 0.0)

    for second in range(int(HOUR_S)):
        assert one.start is not None
        assert other.start is not None
        one.join(other.start, second)
        other.join(one.start, second)

    assert one.value(HOUR_S) == other.value(HOUR_S) == pytest.approx(-1.4)


def test_a_clock_that_is_set_back_moves_nothing_up() -> None:
    """It waits until the clock has caught up."""
    ramp = Ramp(own=-2.0)
    ramp.aim(0.4, now_s=HOUR_S)

    assert ramp.value(0.0) == -2.0
