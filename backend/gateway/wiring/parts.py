"""What runs as long as the process does."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol


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
