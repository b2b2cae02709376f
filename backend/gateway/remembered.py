"""
An answer of the ledger, kept for a while: asked at most once in that time, once for all who want it.

A ledger that is away is remembered for as long, so that a wall of dashboards costs it one question, not hundreds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog

from gateway.errors import LedgerFailure

_log = structlog.get_logger()
_PROMPT_S = 0.3  # what is asked takes a ledger that is well 200 ms
_OLD_S = 60.0  # past it a figure describes another time, and is not told any more
_CURRENT_S = 2.0  # beside what is known as of now an older one would look like a loss, or a gain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What the ledger knew at a time."""

    at: datetime
    value: T


class Remembered(Generic[T]):
    """Remembers one answer, and refreshes it in the background. `close` belongs to the gateway's lifespan."""

    def __init__(self, load: Callable[[], Awaitable[T]], *, fresh_s: float, now_s: Callable[[], float]) -> None:
        """
        Args:
            load: asks the ledger; may raise LedgerFailure.
            fresh_s: how long nobody asks again.
            now_s: monotonic seconds.
        """
        self._load = load
        self._fresh_s = fresh_s
        self._now_s = now_s
        self._known: Known[T] | None = None
        self._tried_at_s = -float("inf")
        self._took_s = 0.0  # the last question
        self._refreshing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Stop asking."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    async def latest(self) -> Known[T] | None:
        """At most fresh_s old; None when the ledger does not answer. Waits for one question to it at most."""
        self.refresh_soon()
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])  # and leaves it alone when this caller hangs up
        return self._known

    async def promptly(self) -> Known[T] | None:
        """
        The same for who cannot wait for a ledger that is slow, or away: then what is known without it.

        Returns after 0.3 s at most, and at once where the last question got no answer.
        """
        await self._wait(_PROMPT_S)
        return self.remembered()

    async def currently(self) -> Known[T] | None:
        """
        The same for who adds it to what is known as of now: at most 2 s old, else None.

        Waits as long as the last question took and 0.3 s more, so that it is not None for good where each takes longer.
        """
        await self._wait(self._took_s + _PROMPT_S)
        return self._not_older_than(_CURRENT_S)

    def remembered(self) -> Known[T] | None:
        """What is known without asking, at most a minute old."""
        return self._not_older_than(_OLD_S)

    def refresh_soon(self) -> None:
        """Ask in the background, unless what is known is fresh or somebody is asking."""
        if self._refreshing is None and self._now_s() - self._tried_at_s >= self._fresh_s:
            self._refreshing = asyncio.create_task(self._refresh())

    async def _wait(self, wait_s: float) -> None:
        has_failed = self._known is None and self._tried_at_s > -float("inf")
        self.refresh_soon()
        if self._refreshing is not None and not has_failed:
            await asyncio.wait([self._refreshing], timeout=wait_s)

    def _not_older_than(self, age_s: float) -> Known[T] | None:
        return self._known if self._now_s() - self._tried_at_s <= age_s else None

    async def _refresh(self) -> None:
        known, asked_at_s = None, self._now_s()
        try:
            known = Known(datetime.now(UTC), await self._load())
        except LedgerFailure:
            pass  # the ledger's own log says why
        except Exception:
            _log.exception("remembered.crashed")
        finally:
            self._known, self._tried_at_s, self._refreshing = known, self._now_s(), None
            self._took_s = self._tried_at_s - asked_at_s
