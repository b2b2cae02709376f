"""How many calls are being answered, so that a drain can wait for the last one."""

import asyncio


class InFlight:
    """Counts the calls inside `with`; for one event loop."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        """One more call."""
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        """One less, whatever became of it."""
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Return once no call is left; for ever when calls keep coming, so refuse new ones first."""
        await self._idle.wait()
