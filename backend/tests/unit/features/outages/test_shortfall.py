"""Verdicts that lack something make a state of the service when they are more than bad luck, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.features.outages.shortages import Shortfall
from gateway.scoring.monitor import Tally
from tests.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


class Verdicts:
    """What customers get, second by second, and what is made of it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tally = Tally(now_s=clock, now=self.now)
        self.shortfall = Shortfall(self.tally, now_s=clock)

    def now(self) -> datetime:
        """The time of day that belongs to the clock."""
        return START + timedelta(seconds=self.clock.now_s - 1000.0)

    def come(self, *, seconds: float, per_s: int, lacking_per_s: int) -> None:
        """The lacking ones first; looked at twice a second."""
        for _ in range(round(seconds * 2)):
            for number in range(per_s // 2):
                self.tally.note(lacks=number < lacking_per_s // 2)
            self.shortfall.look()
            self.clock.now_s += 0.5


@pytest.fixture
def verdicts(clock: Clock) -> Verdicts:
    """None yet."""
    return Verdicts(clock)


def test_a_lack_of_all_is_seen_at_once_since_its_first_verdict(verdicts: Verdicts) -> None:
    """Half a second of 40 verdicts a second is enough, after a minute in which all was well."""
    verdicts.come(seconds=60, per_s=40, lacking_per_s=0)
    began_at = verdicts.now()

    verdicts.come(seconds=0.5, per_s=40, lacking_per_s=40)

    assert verdicts.shortfall.since == began_at


def test_the_tail_of_the_demo_is_no_shortfall(verdicts: Verdicts) -> None:
    """2 % for a minute: less than a state, however often it is looked at."""
    verdicts.come(seconds=60, per_s=200, lacking_per_s=4)

    assert verdicts.shortfall.since is None
    assert verdicts.shortfall.last_minute.share == pytest.approx(0.02)


def test_one_alone_is_bad_luck(verdicts: Verdicts) -> None:
    """Also where it is the only verdict of the minute."""
    verdicts.tally.note(lacks=True)
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None


def test_rare_payments_are_judged_by_the_minute(verdicts: Verdicts) -> None:
    """Two in half a minute, and both lack it: the first one began it."""
    began_at = verdicts.now()
    for _ in range(2):
        verdicts.tally.note(lacks=True)
        verdicts.shortfall.look()
        verdicts.clock.now_s += 20

    assert verdicts.shortfall.since == began_at


def test_it_ends_once_verdicts_are_whole_again(verdicts: Verdicts) -> None:
    """After 15 s without a lack; the last one that lacked it is remembered."""
    verdicts.come(seconds=3, per_s=20, lacking_per_s=20)
    last_at = verdicts.now() - timedelta(seconds=0.5)

    verdicts.come(seconds=14, per_s=20, lacking_per_s=0)
    assert verdicts.shortfall.since is not None

    verdicts.come(seconds=3, per_s=20, lacking_per_s=0)
    ended = verdicts.shortfall
    assert [ended.since, ended.last_at] == [None, last_at]


def test_silence_proves_nothing_for_a_minute(verdicts: Verdicts) -> None:
    """Payments that stop with the outage do not end it; that an old verdict was scored does."""
    verdicts.come(seconds=3, per_s=20, lacking_per_s=20)
    verdicts.clock.now_s += 30
    verdicts.shortfall.look()
    assert verdicts.shortfall.since is not None

    verdicts.tally.came()
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None


def test_a_minute_of_silence_ends_it(verdicts: Verdicts) -> None:
    """Nothing that is shown as of now can rest on it any more."""
    verdicts.come(seconds=3, per_s=20, lacking_per_s=20)
    verdicts.clock.now_s += 60
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None
    assert verdicts.shortfall.last_minute.share is None


def test_what_is_over_does_not_begin_again_with_one_more(verdicts: Verdicts) -> None:
    """The minute still has many that lacked it; they are of a time that has ended, and on record."""
    verdicts.come(seconds=10, per_s=20, lacking_per_s=20)
    verdicts.come(seconds=20, per_s=20, lacking_per_s=0)
    assert verdicts.shortfall.since is None

    verdicts.tally.note(lacks=True)
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None


@pytest.mark.parametrize("every_s", [61, 100, 400])
def test_where_payments_are_very_rare_two_in_a_row_lack_it_until_one_does_not(verdicts: Verdicts, every_s: int) -> None:
    """A shop with a payment each few minutes, all without history: it begins once, and does not come and go."""
    began_at, seen = verdicts.now(), list[datetime | None]()
    for _ in range(5):
        verdicts.tally.note(lacks=True)
        for _ in range(2 * every_s):
            verdicts.shortfall.look()
            seen.append(verdicts.shortfall.since)
            verdicts.clock.now_s += 0.5
    assert seen == [None] * (2 * every_s) + [began_at] * (8 * every_s)

    verdicts.tally.note(lacks=False)
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None


@pytest.mark.parametrize("between", ["one that had it", "an hour"])
def test_two_that_have_nothing_to_do_with_each_other_are_no_shortfall(verdicts: Verdicts, between: str) -> None:
    """Neither where one was whole in between, nor where nobody paid for long."""
    verdicts.tally.note(lacks=True)
    verdicts.clock.now_s += 3600 if between == "an hour" else 100
    if between == "one that had it":
        verdicts.tally.note(lacks=False)
        verdicts.clock.now_s += 100
    verdicts.tally.note(lacks=True)
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None


def test_silence_ends_that_too(verdicts: Verdicts) -> None:
    """After twice the time between two payments; one more begins nothing by itself."""
    for _ in range(2):
        verdicts.clock.now_s += 100
        verdicts.tally.note(lacks=True)
        verdicts.shortfall.look()
    assert verdicts.shortfall.since is not None

    verdicts.clock.now_s += 200
    verdicts.shortfall.look()
    assert verdicts.shortfall.since is None
    verdicts.tally.note(lacks=True)
    verdicts.shortfall.look()

    assert verdicts.shortfall.since is None
