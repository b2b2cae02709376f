"""Being blind is noticed by what does not come, and not taken for a moment's bad luck."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.scoring.monitor import BlindCause, ScoreMonitor
from tests.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


def now(clock: Clock) -> datetime:
    """The time of day that belongs to the clock."""
    return START + timedelta(seconds=clock.now_s - 1000.0)


@pytest.fixture
def monitor(clock: Clock) -> ScoreMonitor:
    """Blind after 30 s."""
    return ScoreMonitor(blind_after_s=30.0, now_s=clock, now=lambda: now(clock))


def test_nothing_wanted_is_nothing_missed(monitor: ScoreMonitor, clock: Clock) -> None:
    """A gateway without traffic is not blind."""
    clock.now_s += 3600

    assert monitor.blindness is None
    assert (monitor.last_score_at, monitor.seconds_since_score, monitor.blind_share) == (None, None, None)


def test_traffic_without_a_score_is_blindness(monitor: ScoreMonitor, clock: Clock) -> None:
    """From the first score that did not come, once that is 30 s ago."""
    monitor.scored(is_live=True)
    clock.now_s += 5
    began_at = now(clock)
    for _ in range(30):
        monitor.unscored(is_live=True)
        assert monitor.blindness is None
        clock.now_s += 1
    monitor.unscored(is_live=True)

    assert monitor.blindness is not None
    assert (monitor.blindness.since, monitor.blindness.cause) == (began_at, BlindCause.NO_SCORE)
    assert not monitor.blindness.never_scored
    assert monitor.seconds_since_score == 35


def test_canaries_that_nobody_answers_are_traffic(monitor: ScoreMonitor, clock: Clock) -> None:
    """A wrong address from the first start is found out without a customer."""
    for _ in range(7):
        monitor.canary_unanswered()
        clock.now_s += 5

    assert monitor.blindness is not None
    assert monitor.blindness.never_scored


def test_one_score_ends_it(monitor: ScoreMonitor, clock: Clock) -> None:
    """The next episode begins from nothing."""
    monitor.unscored(is_live=True)
    clock.now_s += 31
    monitor.unscored(is_live=True)
    assert monitor.blindness is not None

    monitor.scored(is_live=False)

    assert monitor.blindness is None
    monitor.unscored(is_live=True)
    assert monitor.blindness is None


def test_a_canary_does_not_outweigh_customers(monitor: ScoreMonitor, clock: Clock) -> None:
    """All of them get nothing, and the canary passes: it is they who are right."""
    for _ in range(7):
        monitor.unscored(is_live=True)
        monitor.canary_passed()
        clock.now_s += 5

    assert monitor.blindness is not None


def test_a_lone_bad_moment_is_forgotten(monitor: ScoreMonitor, clock: Clock) -> None:
    """One blind verdict now and one in an hour, with canaries that pass in between, are no hour of blindness."""
    monitor.unscored(is_live=True)
    for _ in range(100):
        clock.now_s += 5
        monitor.canary_passed()

    monitor.unscored(is_live=True)

    assert monitor.blindness is None


def test_unhealthy_brains_are_blindness_at_once(monitor: ScoreMonitor, clock: Clock) -> None:
    """Since they last passed a canary; one that passes ends it."""
    passed_at = now(clock)
    monitor.canary_passed()
    clock.now_s += 10
    monitor.scored(is_live=True)  # which was wrong

    monitor.found_unhealthy(since=passed_at)

    assert monitor.blindness is not None
    assert (monitor.blindness.cause, monitor.blindness.since) == (BlindCause.CANARY, passed_at)
    monitor.canary_passed()
    assert monitor.blindness is None


def test_the_share_is_of_customers_of_the_last_minute(monitor: ScoreMonitor, clock: Clock) -> None:
    """The backlog is no customer, and what is older does not count."""
    monitor.unscored(is_live=True)
    clock.now_s += 61
    for _ in range(3):
        monitor.scored(is_live=True)
        monitor.scored(is_live=False)
        monitor.unscored(is_live=False)
    monitor.unscored(is_live=True)

    assert monitor.blind_share == 0.25
