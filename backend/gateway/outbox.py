"""
An outbox: what stands in the ledger and the brain has to be told.

What was just recorded comes through memory. What a crash, a full queue or a dead brain left behind is found by the
flag on its record, so nothing is forgotten; the brain knows what it was told, so nothing counts twice.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from gateway.background import Background
from gateway.errors import LedgerFailure
from gateway.scoring.errors import ScorerFailure

_log = structlog.get_logger()
BATCH_MAX = 500  # the brain's own limit for one call
_QUEUE_MAX = 10_000  # past it the sweep takes over: the flag is already on the record
_SWEEP_S = 5.0
SWEEP_AGE = timedelta(seconds=10)  # younger ones are still in some gateway's memory
_PAUSE_S = 0.5  # after a brain or a ledger that did not answer
# History may be this late: the brain overlays what it scored itself. One update rewrites a whole history, so payments
# of one user or merchant should come together: at 20 ms a few busy merchants kept mongod at 100 % of a core.
_GATHER_S = 0.25

Item = TypeVar("Item")


class Post(Protocol[Item]):
    """What an outbox carries, and how. Everything may raise ScorerFailure or LedgerFailure, and is then repeated."""

    @property
    def name(self) -> str:
        """For the log."""

    async def deliver(self, batch: list[Item]) -> None:
        """Tell the brain, then take the flags off."""

    async def left_behind(self, *, older_than: timedelta, limit: int) -> tuple[list[Item], int]:
        """Flagged records, oldest first, and how many were looked at to find them."""


class Outbox(Generic[Item]):
    """
    Empties itself in the background. `start` and `close` belong to the gateway's lifespan.

    Args:
        post: What it carries.
        is_open: Whether the brain can be told anything now.
    """

    def __init__(self, post: Post[Item], is_open: Callable[[], bool]) -> None:
        self._post = post
        self._is_open = is_open
        self._queue: deque[Item] = deque()
        self._wake = asyncio.Event()
        self._background = Background(self._run)

    async def start(self) -> None:
        """Begin, with whatever earlier runs left behind."""
        self._background.start()

    async def close(self) -> None:
        """Stop. What is not delivered yet is flagged in the ledger."""
        await self._background.stop()

    def add(self, item: Item) -> None:
        """It was just recorded, with its flag."""
        if len(self._queue) < _QUEUE_MAX:
            self._queue.append(item)
            self._wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_sweep_s = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(next_sweep_s):
                    await self._wake.wait()
            await asyncio.sleep(_GATHER_S)
            self._wake.clear()
            try:
                if not self._is_open():
                    await asyncio.sleep(_PAUSE_S)
                    continue
                await self._deliver_queued()
                if loop.time() >= next_sweep_s:
                    next_sweep_s = loop.time() + _SWEEP_S  # also when it fails: not one failure after the other
                    if await self._deliver_left_behind():
                        next_sweep_s = loop.time()
            except (ScorerFailure, LedgerFailure) as failure:
                _log.warning("outbox.failed", outbox=self._post.name, error=type(failure).__name__)
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                _log.exception("outbox.crashed", outbox=self._post.name)
                await asyncio.sleep(_PAUSE_S)
            if self._queue:
                self._wake.set()

    async def _deliver_queued(self) -> None:
        """What waits now, and no more: under steady traffic "until it is empty" would never come to the sweep."""
        waiting = len(self._queue)
        while waiting > 0:
            batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, waiting))]
            waiting -= len(batch)
            try:
                await self._post.deliver(batch)
            except (ScorerFailure, LedgerFailure):
                if len(self._queue) + len(batch) <= _QUEUE_MAX:  # past it the sweep finds them by their flag
                    self._queue.extendleft(reversed(batch))
                raise

    async def _deliver_left_behind(self) -> bool:
        """One batch: a long backlog must not hold up what comes now. True when there is more of it."""
        items, seen = await self._post.left_behind(older_than=SWEEP_AGE, limit=BATCH_MAX)
        if items:
            await self._post.deliver(items)
            _log.info("outbox.caught_up", outbox=self._post.name, items=len(items))
        return seen == BATCH_MAX
