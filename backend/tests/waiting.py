"""Waiting inside of a coroutine; whoever waits for processes takes `tests.stack.wait_until`."""

import asyncio
from collections.abc import Callable
from typing import Any


async def eventually(is_so: Callable[[], Any]) -> None:
    """Wait until it is so, 60 s at most, then TimeoutError; `is_so` may be a coroutine function."""
    async with asyncio.timeout(60):
        while True:
            answer = is_so()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.02)
