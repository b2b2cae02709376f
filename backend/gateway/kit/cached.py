"""
An answer that is kept for a while: asked for at most once in that time, once for all who want it.

A failure is kept for as long, so that a wall of dashboards costs a database that is away one question, not hundreds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog

_log = structlog.get_logger()
_PROMPT_S = 0.3  # a question takes a ledger that is well 200 ms
_OLD_S = 60.0  # past it a figure describes another time, and is not told any more

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What the answer was at a time."""

    at: datetime
    value: T


class Cached(Generic[T]):
    """Keeps one answer, and refreshes it in the background."""

    def __init__(
        self,
        load: Callable[[], Awaitable[T]],
        *,
        failures: tuple[type[Exception], ...],
        fresh_s: float,
        now_s: Callable[[], float],
    ) -> None:
        """
        Args:
            load: Asks.
            failures: What `load` may raise, and logs itself.
            fresh_s: How long nobody asks again.
            now_s: Monotonic seconds.
        """
        self._load = load
        self._failures = failures
        self._fresh_s = fresh_s
        self._now_s = now_s
        self._known: Known[T] | None = None
        self._tried_at_s = -float("inf")
        self._took_s = 0.0  # the last question
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Ask nothing yet: that begins with whoever wants to know."""

    async def close(self) -> None:
        """Stop asking."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    async def get(self, *, age_max_s: float = _OLD_S, is_patient: bool = False) -> Known[T] | None:
        """
        Get the answer, asked for again where it is not fresh; None where there is none of this age.

        Returns after 0.3 s at most, and at once where the last question failed: then with what is known without it.

        Args:
            age_max_s: An older answer is none.
            is_patient: Wait as long as the last question took and 0.3 s more, so that an answer which always takes
                longer is not unknown for good.
        """
        await self._wait(_PROMPT_S + (self._took_s if is_patient else 0.0))
        return self._not_older_than(age_max_s)

    def get_stale(self) -> Known[T] | None:
        """Get what is known without asking, at most a minute old."""
        return self._not_older_than(_OLD_S)

    def refresh(self) -> None:
        """Ask in the background, unless what is known is fresh or somebody is asking."""
        if self._refreshing is None and self._now_s() - self._tried_at_s >= self._fresh_s:
            self._refreshing = asyncio.create_task(self._refresh())

    async def _wait(self, wait_s: float) -> None:
        has_failed = self._known is None and self._tried_at_s > -float("inf")
        self.refresh()
        if self._refreshing is not None and not has_failed:
            await asyncio.wait([self._refreshing], timeout=wait_s)

    def _not_older_than(self, age_s: float) -> Known[T] | None:
        return self._known if self._now_s() - self._tried_at_s <= age_s else None

    async def _refresh(self) -> None:
        known, asked_at_s = None, self._now_s()
        try:
            known = Known(datetime.now(UTC), await self._load())
        except self._failures:
            pass
        except Exception:
            _log.exception("cached.crashed")
        finally:
            self._known, self._tried_at_s, self._refreshing = known, self._now_s(), None
            self._took_s = self._tried_at_s - asked_at_s


def refreshed(answer: Cached[T]) -> Callable[[], Known[T] | None]:
    """Read an answer as a collector does: what is known now, while that for the next scrape is asked for."""

    def read() -> Known[T] | None:
        answer.refresh()
        return answer.get_stale()

    return read
