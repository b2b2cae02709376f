"""Being blind is noticed by what does not come, and not taken for a moment's bad luck."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.scoring.sight import BlindCause, Sight
from tests.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


def now(clock: Clock) -> datetime:
    """The time of day that belongs to the clock."""
    return START + timedelta(seconds=clock.now_s - 1000.0)


@pytest.fixture
def sight(clock: Clock) -> Sight:
    """Blind after 30 s."""
    return Sight(blind_after_s=30.0, now_s=clock, now=lambda: now(clock))


def test_nothing_wanted_is_nothing_missed(sight: Sight, clock: Clock) -> None:
    """A gateway without traffic is not blind."""
    clock.now_s += 3600

    assert sight.blindness is None
    assert (sight.last_score_at, sight.seconds_since_score, sight.blind_share) == (None, None, None)


def test_traffic_without_a_score_is_blindness(sight: Sight, clock: Clock) -> None:
    """From the first score that did not come, once that is 30 s ago."""
    sight.scored(is_live=True)
    clock.now_s += 5
    began_at = now(clock)
    for _ in range(30):
        sight.unscored(is_live=True)
        assert sight.blindness is None
        clock.now_s += 1
    sight.unscored(is_live=True)

    assert sight.blindness is not None
    assert (sight.blindness.since, sight.blindness.cause) == (began_at, BlindCause.NO_SCORE)
    assert not sight.blindness.never_scored
    assert sight.seconds_since_score == 35


def test_canaries_that_nobody_answers_are_traffic(sight: Sight, clock: Clock) -> None:
    """A wrong address from the first start is found out without a customer."""
    for _ in range(7):
        sight.canary_unanswered()
        clock.now_s += 5

    assert sight.blindness is not None
    assert sight.blindness.never_scored


def test_one_score_ends_it(sight: Sight, clock: Clock) -> None:
    """The next episode begins from nothing."""
    sight.unscored(is_live=True)
    clock.now_s += 31
    sight.unscored(is_live=True)
    assert sight.blindness is not None

    sight.scored(is_live=False)

    assert sight.blindness is None
    sight.unscored(is_live=True)
    assert sight.blindness is None


def test_a_canary_does_not_outweigh_customers(sight: Sight, clock: Clock) -> None:
    """All of them get nothing, and the canary passes: it is they who are right."""
    for _ in range(7):
        sight.unscored(is_live=True)
        sight.canary_passed()
        clock.now_s += 5

    assert sight.blindness is not None


def test_a_lone_bad_moment_is_forgotten(sight: Sight, clock: Clock) -> None:
    """One blind verdict now and one in an hour, with canaries that pass in between, are no hour of blindness."""
    sight.unscored(is_live=True)
    for _ in range(100):
        clock.now_s += 5
        sight.canary_passed()

    sight.unscored(is_live=True)

    assert sight.blindness is None


def test_liars_are_blindness_at_once(sight: Sight, clock: Clock) -> None:
    """Since they last told the truth; a canary that passes ends it."""
    told_at = now(clock)
    sight.canary_passed()
    clock.now_s += 10
    sight.scored(is_live=True)  # which was a lie

    sight.found_lying(since=told_at)

    assert sight.blindness is not None
    assert (sight.blindness.cause, sight.blindness.since) == (BlindCause.CANARY, told_at)
    sight.canary_passed()
    assert sight.blindness is None


def test_the_share_is_of_customers_of_the_last_minute(sight: Sight, clock: Clock) -> None:
    """Debts are not customers, and what is older does not count."""
    sight.unscored(is_live=True)
    clock.now_s += 61
    for _ in range(3):
        sight.scored(is_live=True)
        sight.scored(is_live=False)
        sight.unscored(is_live=False)
    sight.unscored(is_live=True)

    assert sight.blind_share == 0.25
