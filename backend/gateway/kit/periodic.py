"""Work that goes on beside the requests: parts that run as long as the process does, and steps that repeat."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import structlog

from observability.seldom import Seldom

_log = structlog.get_logger()
_INTERVAL_S = 1.0  # where `every_s` itself crashed


class Periodic:
    """
    Repeats a step until it is closed, whatever becomes of it. `start` and `close` belong to the gateway's lifespan.

    Inherit from it, or have one for each thing that repeats. A crash is logged as `NAME.crashed`, once a minute.

    Args:
        step: Returns True when there is more to do at once.
        every_s: Seconds from the end of one step to the next; None waits for `wake`.
        pause_s: Seconds after a step that failed, which nothing shortens; as `every_s` unless given.
        expected: Failures that are logged where they happen.
        after: Begins once this is set.
        woken: Does what `wake` does, when somebody else sets it.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[bool | None]],
        *,
        every_s: float | Callable[[], float] | None,
        pause_s: float | None = None,
        expected: tuple[type[Exception], ...] = (),
        after: asyncio.Event | None = None,
        woken: asyncio.Event | None = None,
    ) -> None:
        self._name = name
        self._step = step
        self._every_s = every_s
        self._pause_s = pause_s
        self._expected = expected
        self._after = after
        self._crashes = Seldom()
        self._woken = asyncio.Event() if woken is None else woken
        self._is_ending = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Begin with the first step."""
        self._task = asyncio.create_task(self._repeat())

    async def close(self) -> None:
        """End, if it was started; a step under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def finish(self, *, within_s: float) -> None:
        """End after the step under way, if that takes no longer; else close."""
        self.end()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=within_s)
        await self.close()

    def end(self) -> None:
        """Let this step be the last one."""
        self._is_ending = True
        self._woken.set()

    def wake(self) -> None:
        """Take the next step now, or at once after the one under way."""
        self._woken.set()

    async def _repeat(self) -> None:
        if self._after is not None:
            await self._after.wait()
        while not self._is_ending:
            self._woken.clear()
            has_failed = False
            try:
                if await self._step():
                    await asyncio.sleep(0)  # also when it never had to wait: others have their turn
                    continue
            except self._expected:
                has_failed = True
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                has_failed = True
                self._log_crash()
            except Exception:
                has_failed = True
                self._log_crash()
            await self._wait(has_failed=has_failed)

    async def _wait(self, *, has_failed: bool) -> None:
        if has_failed and self._pause_s is not None:
            await asyncio.sleep(self._pause_s)
            return
        if self._is_ending:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._interval_s()):
                await self._woken.wait()

    def _interval_s(self) -> float | None:
        if not callable(self._every_s):
            return self._every_s
        try:
            return self._every_s()
        except Exception:
            self._log_crash()
            return _INTERVAL_S

    def _log_crash(self) -> None:
        if times := self._crashes.happened():
            _log.exception(f"{self._name}.crashed", times=times)


def is_cancelled() -> bool:
    """
    Whether somebody cancelled the running task.

    A CancelledError alone does not say so: a gRPC channel that closes raises it in whoever waits for one of its calls.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Part(Protocol):
    """Something that is started once and closed once."""

    async def start(self) -> None:
        """Begin to work; return when others may use it."""

    async def close(self) -> None:
        """Finish what is under way, then let go."""


@asynccontextmanager
async def running(parts: Iterable[Part]) -> AsyncIterator[None]:
    """Start in this order and close in reverse, so that whoever needs a part closes before it."""
    async with AsyncExitStack() as started:
        for part in parts:
            started.push_async_callback(part.close)
            await part.start()
        yield
