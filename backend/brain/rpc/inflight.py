"""Counts the calls in flight, so that a drain can wait for the last one."""

import asyncio


class InFlight:
    """Counts the calls inside `with`; for one event loop."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        """Count a call that begins."""
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        """Count a call that ended, however it ended."""
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Return once no call is left. Refuse new ones first, or this may never return."""
        await self._idle.wait()
