"""
Turns for the items of batches: whoever posts one transaction goes first, and no number of batches crowds it out.

All batches together have a few items under way at once, fewer while single transactions keep the brains busy or
while everything is slow, never none. So a batch waits here, where waiting costs nobody anything, instead of at the
brain, where it would use up the budget of every transaction behind it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from gateway.verdict.turn_limit import TurnLimit

# A brain scores up to 64 together: half of that keeps it busy, and a single transaction finds it free soon.
AT_ONCE_MAX = 32
WAITING_MAX = 10_000  # items; two hundred batches at once
OVERLOADED_AT_ONCE = 8  # without a turn an item costs the brains nothing, and everybody else this process's time


class BatchTurns:
    """
    Shares out the turns of one gateway, first come, first served.

    Args:
        owed: Attempts that wait for the brains now, of singles and of batches.
        at_once_max: Items that may have a turn at once while all is quick; with so many attempts owed, only one may.
        waiting_max: Items that may wait for a turn.
    """

    def __init__(
        self, owed: Callable[[], int], *, at_once_max: int = AT_ONCE_MAX, waiting_max: int = WAITING_MAX
    ) -> None:
        self._owed = owed
        self._at_once = TurnLimit(at_once_max, monotonic)
        self._waiting_max = waiting_max
        self._under_way = 0
        self._overloaded = asyncio.Semaphore(OVERLOADED_AT_ONCE)
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, until_s: float) -> AsyncIterator[bool]:
        """
        Wait for a turn, and keep it for the block.

        Args:
            until_s: On the loop's clock; who has no turn by then goes on without one.

        Yields:
            Whether it is a turn. False: too much is waiting, and the item must not be scored.
        """
        if not await self._take(until_s):
            async with self._overloaded:
                yield False
            return
        began_s = monotonic()
        try:
            yield True
        finally:
            self._under_way -= 1
            self._at_once.turn_ended(began_s)
            self._hand_out()

    async def _take(self, until_s: float) -> bool:
        if len(self._waiting) >= self._waiting_max:
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._hand_out()
        try:
            async with asyncio.timeout_at(until_s):
                await turn
        except TimeoutError:
            return not turn.cancelled()  # it may have come in the same moment
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._under_way -= 1
                self._hand_out()
            raise
        return True

    def _hand_out(self) -> None:
        """Whoever ends a turn calls this, and one is always under way while others wait: so nothing polls."""
        while self._waiting and (self._under_way == 0 or max(self._under_way, self._owed()) < self._at_once.size):
            turn = self._waiting.popleft()
            if not turn.done():  # who gave up waiting
                self._under_way += 1
                turn.set_result(None)
