"""Deadlines of many waiting callers, kept by one timer: a timer for each request costs 5 to 9 us."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

_Waiting = asyncio.Future[Any]


class Deadlines:
    """
    Fails what has waited for too long.

    Args:
        after_s: How long each may wait.
        failure: Makes what is raised; each gets its own, so that tracebacks do not mix.
    """

    def __init__(self, after_s: float, failure: Callable[[], Exception]) -> None:
        self._after_s = after_s
        self._failure = failure
        self._due: deque[tuple[float, _Waiting]] = deque()  # seconds of the loop's clock; the first is due first
        self._timer: asyncio.TimerHandle | None = None

    def add(self, waiting: _Waiting) -> None:
        """From now on."""
        loop = waiting.get_loop()
        due_s = loop.time() + self._after_s
        self._due.append((due_s, waiting))
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._expire, loop)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = loop.time()
        while self._due and (self._due[0][0] <= now_s or self._due[0][1].done()):
            _, waiting = self._due.popleft()
            if not waiting.done():
                waiting.set_exception(self._failure())
        self._timer = loop.call_at(self._due[0][0], self._expire, loop) if self._due else None
