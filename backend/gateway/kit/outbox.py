"""
An outbox: what was recorded has to be told to somebody, in batches, at least once.

What was just recorded comes through memory. What a crash, a full queue or a dead receiver left behind is found by a
sweep, so nothing is forgotten.
"""

import abc
import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

import structlog

from gateway.kit.periodic import Periodic
from observability.seldom import Seldom

_log = structlog.get_logger()
_PAUSE_S = 0.5  # after a receiver or a database that did not answer
_SWEEP_S = 5.0

Item = TypeVar("Item")


class Outbox(Periodic, abc.ABC, Generic[Item]):
    """
    Empties itself. What is not delivered when it closes is for a sweep.

    Args:
        failures: What `deliver` and `sweep` may raise; both are then repeated.
        batch_max: Items of one delivery.
        queue_max: Items in memory; past it the sweep finds them.
        gather_s: Waits so long for more before it delivers.
        idle_s: The longest time between two turns.
        is_open: Whether the receiver can be told anything now.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: tuple[type[Exception], ...],
        batch_max: int,
        queue_max: int,
        gather_s: float,
        idle_s: float = _SWEEP_S,
        is_open: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(name, self._turn, every_s=self._until_next_s, pause_s=_PAUSE_S)
        self._failures = failures
        self._put_back: tuple[type[BaseException], ...] = (*failures, asyncio.CancelledError)
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._gather_s = gather_s
        self._idle_s = idle_s
        self._is_open = is_open
        self._queue: deque[Item] = deque()
        self._sweep_at_s = 0.0
        self._complaints = Seldom()

    @abc.abstractmethod
    async def deliver(self, batch: list[Item]) -> None:
        """Tell the receiver. Raises one of the failures: the batch comes again."""

    async def sweep(self) -> bool:
        """Deliver one batch of what was left behind. Returns True when there is more of it. Raises like `deliver`."""
        return False

    async def settle(self) -> None:
        """Do what is due once the queue is delivered. Raises like `deliver`."""

    def add(self, item: Item) -> None:
        """It was just recorded."""
        if len(self._queue) < self._queue_max:
            self._queue.append(item)
            self.wake()

    async def deliver_queued(self) -> None:
        """Deliver what waits now and no more: under steady traffic the queue may never be empty."""
        waiting = len(self._queue)
        while waiting > 0:
            batch = [self._queue.popleft() for _ in range(min(self._batch_max, waiting))]
            waiting -= len(batch)
            try:
                await self.deliver(batch)
            except self._put_back:
                if len(self._queue) + len(batch) <= self._queue_max:
                    self._queue.extendleft(reversed(batch))
                raise
        await self.settle()

    def _until_next_s(self) -> float:
        return min(max(0.0, self._sweep_at_s - monotonic()), self._idle_s)

    async def _turn(self) -> None:
        await asyncio.sleep(self._gather_s)
        if not self._is_open():
            await asyncio.sleep(_PAUSE_S)
            return
        try:
            await self.deliver_queued()
            if monotonic() >= self._sweep_at_s:
                self._sweep_at_s = monotonic() + _SWEEP_S  # also when it fails: not one failure after the other
                if await self.sweep():
                    self._sweep_at_s = monotonic()
        except self._failures as failure:
            if times := self._complaints.happened():
                _log.warning("outbox.failed", outbox=self._name, error=type(failure).__name__, times=times)
            await asyncio.sleep(_PAUSE_S)
        if self._queue:
            self.wake()
