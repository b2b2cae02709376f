"""A worker that lives and does nothing is noticed, and one that works, or has nothing to do, is not accused."""

import asyncio
from collections.abc import Mapping

import pytest

from gateway.features.fleet.service import Workers
from gateway.features.health.conditions import Stalled
from gateway.features.health.sources import STALLED_AFTER_S, Rescoring
from gateway.kit.cached import Cached
from tests.clock import Clock

OLD_S = 500.0


class Gateway:
    """With a healthy brain, and a verdict that waits since OLD_S."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.workers = Workers(self.clock)
        self.scorer_is_healthy = True
        self.oldest_s: float | None = OLD_S
        self.asked = 0
        cached = Cached(self._load, failures=(), fresh_s=1.0, now_s=self.clock)
        self.rescoring = Rescoring(
            self.workers,
            scorer_is_healthy=lambda: self.scorer_is_healthy,
            oldest_waiting_s=cached,
            now_s=self.clock,
        )

    async def _load(self) -> float | None:
        self.asked += 1
        return self.oldest_s

    async def live(self, seconds: float, settled: Mapping[str, int | None]) -> Stalled | None:
        """For so long, a heartbeat and a look each second; what the last look found."""
        found = None
        for _ in range(round(seconds)):
            self.clock.now_s += 1.0
            self.workers.found(settled)
            found = self.rescoring.stalled()
            await asyncio.sleep(0)  # what was asked is answered
        return found


@pytest.fixture
async def gateway() -> Gateway:
    """That has just started."""
    return Gateway()


async def test_a_worker_that_does_nothing_is_noticed_after_a_minute(gateway: Gateway) -> None:
    """Its heartbeats come, and it settles nothing. The ledger is not asked before."""
    before = await gateway.live(STALLED_AFTER_S, {"one": 7})
    asked_before = gateway.asked

    found = await gateway.live(5, {"one": 7})

    assert (before, asked_before) == (None, 0)
    assert found == Stalled(STALLED_AFTER_S + 4, OLD_S)


async def test_one_that_works_is_not_accused_however_long_others_wait(gateway: Gateway) -> None:
    """A large backlog takes hours, and the smallest amounts come last."""
    for settled in range(20):
        assert await gateway.live(30, {"one": settled, "idle": 3}) is None

    assert gateway.asked == 0


@pytest.mark.parametrize("oldest_s", [None, STALLED_AFTER_S - 1])
async def test_one_that_has_nothing_to_do_is_not_accused(gateway: Gateway, oldest_s: float | None) -> None:
    """Nothing waits, or only for what has just come."""
    gateway.oldest_s = oldest_s

    assert await gateway.live(10 * STALLED_AFTER_S, {"one": 0}) is None


async def test_the_time_of_an_outage_does_not_count(gateway: Gateway) -> None:
    """What waits since its beginning is scored once the brain is back."""
    gateway.scorer_is_healthy = False
    during = await gateway.live(10 * STALLED_AFTER_S, {"one": 0})
    gateway.scorer_is_healthy = True
    afterwards = await gateway.live(STALLED_AFTER_S, {"one": 0})

    assert (during, afterwards) == (None, None)
    assert await gateway.live(5, {"one": 0}) is not None


async def test_a_worker_of_an_older_version_is_not_accused(gateway: Gateway) -> None:
    """It does not say what it settles."""
    assert await gateway.live(10 * STALLED_AFTER_S, {"one": 0, "older": None}) is None


async def test_without_heartbeats_nobody_can_know(gateway: Gateway) -> None:
    """MongoDB is away, or no worker is there: each has a condition of its own."""
    assert await gateway.live(10 * STALLED_AFTER_S, {}) is None
