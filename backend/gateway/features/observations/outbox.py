"""
Outboxes of what stands in the ledger: a flag on each record says that it still has to be told.

The brain knows what it was told, so nothing counts twice.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar

import structlog

from gateway.errors import LedgerFailure
from gateway.kit.outbox import Outbox
from gateway.scoring.errors import ScorerFailure

_log = structlog.get_logger()
BATCH_MAX = 500  # the brain's own limit for one call
_QUEUE_MAX = 10_000
SWEEP_AGE = timedelta(seconds=10)  # younger ones are still in some gateway's memory
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


class LedgerOutbox(Outbox[Item]):
    """
    Carries a post.

    Args:
        post: What it carries.
        is_open: Whether the brain can be told anything now.
    """

    def __init__(self, post: Post[Item], is_open: Callable[[], bool]) -> None:
        super().__init__(
            f"outbox.{post.name}",
            failures=(ScorerFailure, LedgerFailure),
            batch_max=BATCH_MAX,
            queue_max=_QUEUE_MAX,
            gather_s=_GATHER_S,
            is_open=is_open,
        )
        self._post = post

    async def deliver(self, batch: list[Item]) -> None:
        """As the post does."""
        await self._post.deliver(batch)

    async def sweep(self) -> bool:
        """One batch: a long backlog must not hold up what comes now."""
        items, seen = await self._post.left_behind(older_than=SWEEP_AGE, limit=BATCH_MAX)
        if items:
            await self._post.deliver(items)
            _log.info("outbox.caught_up", outbox=self._post.name, items=len(items))
        return seen == BATCH_MAX
