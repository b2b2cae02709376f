"""
Outboxes of what stands in the ledger: a flag on each record says that it still has to be told.

A gateway tells what it recorded itself, from memory. What a crash, a full queue or a brain that was away left behind is
swept up by a worker. The brain knows what it was told, so nothing counts twice.
"""

import abc
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from gateway.errors import LedgerFailure
from gateway.kit.outbox import Outbox
from gateway.scoring.errors import ScorerFailure
from observability.seldom import Seldom

_log = structlog.get_logger()
FAILURES = (ScorerFailure, LedgerFailure)
BATCH_MAX = 500  # the brain's own limit for one call
SWEEP_S = 5.0
SWEEP_AGE = timedelta(seconds=10)  # younger ones are still in some gateway's memory
_QUEUE_MAX = 10_000
# History may be this late: the brain overlays what it scored itself. One update rewrites a whole history, so payments
# of one user or merchant should come together: at 20 ms a few busy merchants kept mongod at 100 % of a core.
_GATHER_S = 0.25

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)


class Post(Protocol[Item_contra]):
    """Where an outbox delivers. Raises ScorerFailure or LedgerFailure, and is then asked again."""

    @property
    def name(self) -> str:
        """For the log."""

    async def deliver(self, batch: Sequence[Item_contra]) -> None:
        """Tell whom it concerns, then take the flags off."""


class LedgerOutbox(Outbox[Item]):
    """
    Carries a post.

    Args:
        post: Where it delivers.
        is_open: Whether the brain can be told anything now.
    """

    def __init__(self, post: Post[Item], is_open: Callable[[], bool]) -> None:
        super().__init__(
            f"outbox.{post.name}",
            failures=FAILURES,
            batch_max=BATCH_MAX,
            queue_max=_QUEUE_MAX,
            gather_s=_GATHER_S,
            is_open=is_open,
        )
        self._post = post

    async def deliver(self, batch: list[Item]) -> None:
        """As the post does."""
        await self._post.deliver(batch)


class Sweep(abc.ABC, Generic[Item]):
    """Brings what was left behind, a batch at a time. Everything may raise ScorerFailure or LedgerFailure."""

    def __init__(self, post: Post[Item]) -> None:
        self._post = post
        self._complaints = Seldom()

    @abc.abstractmethod
    async def left_behind(self) -> tuple[list[Item], int]:
        """Flagged items, oldest first, BATCH_MAX at most; and how many records were looked at to find them."""

    async def sweep(self) -> bool:
        """Deliver one batch; whether there is more."""
        items, seen = await self.left_behind()
        if items:
            try:
                await self._post.deliver(items)
            except FAILURES as failure:
                if times := self._complaints.happened():
                    _log.warning("outbox.failed", outbox=self._post.name, error=type(failure).__name__, times=times)
                raise
            _log.info("outbox.caught_up", outbox=self._post.name, items=len(items))
        return seen == BATCH_MAX
