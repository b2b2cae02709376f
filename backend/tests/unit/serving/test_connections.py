"""Who goes when there are too many connections, and what the log says of it."""

from collections import Counter

import pytest
from structlog.testing import capture_logs

from gateway.serving.connections import Connections
from gateway.serving.limits import Limits

MAX = 3


class FakeCounters:
    """Remembers what was counted."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.open = 0

    def connection_dropped(self, reason: str) -> None:
        """One more."""
        self.dropped[reason] += 1

    def connections_open(self, count: int) -> None:
        """So many."""
        self.open = count


class FakeConnection:
    """Goes when it is asked to, unless a request is arriving."""

    def __init__(self) -> None:
        self.is_arriving = False
        self.is_open = True

    def expire(self, now_s: float) -> None:
        """Waits for ever."""

    def give_way(self) -> bool:
        """Whether it went."""
        self.is_open = self.is_arriving
        return not self.is_open


class World:
    """Connections at a bound of three, at a time that tests set."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.counters = FakeCounters()
        self.all = Connections(Limits(connections_max=MAX), counters=self.counters, now_s=lambda: self.now_s)

    def connect(self) -> FakeConnection:
        """One more, which must be let in."""
        connection = FakeConnection()
        assert self.all.admit(connection)
        return connection


@pytest.fixture
def world() -> World:
    """A new one."""
    return World()


def test_the_one_that_waits_longest_makes_room(world: World) -> None:
    """Counted from when it last had a request, not from when it came."""
    first, second, third = (world.connect() for _ in range(MAX))
    world.all.works(first)
    world.all.waits(first, is_known=True)

    world.connect()

    assert [first.is_open, second.is_open, third.is_open] == [True, False, True]
    assert len(world.all) == MAX
    assert world.counters.dropped == {"made_room": 1}


def test_a_crowd_that_says_nothing_pushes_out_its_own(world: World) -> None:
    """Not the kept connection of a client that pays, which is idle for a second; after 5 s it goes like any other."""
    kept = world.connect()
    world.all.waits(kept, is_known=True)
    world.now_s = 1.0
    silent = [world.connect() for _ in range(10 * MAX)]

    assert kept.is_open
    assert sum(connection.is_open for connection in silent) == MAX - 1

    world.now_s = 6.1
    world.connect()

    assert sum(connection.is_open for connection in silent) == MAX - 2
    world.all.waits(silent[-1], is_known=False)
    world.connect()
    assert not kept.is_open


def test_whose_request_is_arriving_stays(world: World) -> None:
    """The next one goes instead."""
    first, second, _ = (world.connect() for _ in range(MAX))
    first.is_arriving = True

    world.connect()

    assert [first.is_open, second.is_open] == [True, False]


def test_nobody_at_work_goes_and_who_is_refused_never_adds_up(world: World) -> None:
    """Refused ones linger beyond the bound, and are the first to go: there is one of them at most."""
    working = [world.connect() for _ in range(MAX)]
    for connection in working:
        world.all.works(connection)

    for _ in range(5):
        refused = FakeConnection()
        assert not world.all.admit(refused)
        world.all.lingers(refused)

    assert all(connection.is_open for connection in working)
    assert len(world.all) == MAX + 1


def test_the_log_says_once_a_minute_how_many_there_were(world: World) -> None:
    """Whatever an attacker does: the first at once, the others together."""
    with capture_logs() as logs:
        for _ in range(1_000):
            world.all.dropped("head_too_large")
        world.now_s = 61.0
        world.all.dropped("made_room")

    assert [line["event"] for line in logs] == ["connections.dropped"] * 2
    assert logs[0]["head_too_large"] == 1
    assert (logs[1]["head_too_large"], logs[1]["made_room"]) == (999, 1)
    assert world.counters.dropped["head_too_large"] == 1_000
