"""A gateway knows whether a worker is there, and never takes a ledger that is away for a worker that is."""

import pytest

from gateway.features.fleet.service import AWAY_AFTER_S, Workers
from tests.clock import Clock


@pytest.fixture
def workers(clock: Clock) -> Workers:
    """Of a gateway that has just started."""
    return Workers(clock)


def beat(workers: Workers, clock: Clock, *, alive: int, seconds: float) -> None:
    """A heartbeat each second, and so many workers in each."""
    for _ in range(round(seconds)):
        clock.now_s += 1.0
        workers.found({f"worker-{n}": 0 for n in range(alive)})


def test_a_worker_that_is_replaced_is_not_away(workers: Workers, clock: Clock) -> None:
    """Less than 30 s without one is nothing to speak of, also at the start of a gateway."""
    beat(workers, clock, alive=0, seconds=AWAY_AFTER_S)
    before = workers.away_s
    beat(workers, clock, alive=1, seconds=1)
    beat(workers, clock, alive=0, seconds=AWAY_AFTER_S - 1)

    assert before is None
    assert workers.away_s is None


def test_a_worker_is_away_from_30_s_on_until_one_is_seen(workers: Workers, clock: Clock) -> None:
    """And it is said for how long."""
    beat(workers, clock, alive=0, seconds=AWAY_AFTER_S + 5)
    away_s = workers.away_s
    beat(workers, clock, alive=1, seconds=1)

    assert away_s == AWAY_AFTER_S + 4
    assert workers.away_s is None


def test_a_ledger_that_is_away_says_nothing_of_workers(workers: Workers, clock: Clock) -> None:
    """Nobody's heartbeat comes through meanwhile, and that time is not counted afterwards."""
    beat(workers, clock, alive=1, seconds=5)
    for _ in range(100):
        clock.now_s += 1.0
        workers.unknown()
    during = (workers.alive, workers.away_s)
    beat(workers, clock, alive=0, seconds=AWAY_AFTER_S)
    after = workers.away_s

    assert during == (None, None)
    assert after is None


def test_one_lost_heartbeat_is_no_sign_of_a_worker(workers: Workers, clock: Clock) -> None:
    """What was known before it is still true."""
    beat(workers, clock, alive=0, seconds=AWAY_AFTER_S + 5)
    workers.unknown()
    beat(workers, clock, alive=0, seconds=1)

    assert workers.away_s is not None
