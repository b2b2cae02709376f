"""A task that runs beside the requests for as long as the gateway does."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any


class Background:
    """`start` and `stop` belong to the lifespan of whoever has it."""

    def __init__(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Args: run: never returns, and handles its own failures."""
        self._run = run
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was begun and has not ended."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, if it was begun; returns when it has."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
