"""
Turns for the items of batches: whoever posts one transaction goes first, and no number of batches crowds it out.

All batches together have a few items under way at once, fewer while single transactions keep the brains busy or
while everything is slow, never none. So a batch waits here, where waiting costs nobody anything, instead of at the
brain, where it would use up the budget of every transaction behind it.

A busy machine or a slow ledger shows in how long a turn takes. What is slow at any number, such as an injected latency,
is no reason: so a turn is slow when it takes several times as long as the quickest one lately.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

SLOW_S = 0.1  # a turn takes about 0.02: score, record, and what queues before it
SLOW_FACTOR = 3.0  # times the quickest
LATELY_S = 10.0
SIZE_MIN = 4
# A brain scores up to 64 together: half of that keeps it busy, and a single transaction finds it free soon.
AT_ONCE_MAX = 32
WAITING_MAX = 10_000  # items; two hundred batches at once
OVERLOADED_AT_ONCE = 8  # without a turn an item costs the brains nothing, and everybody else this process's time


class TurnLimit:
    """Halves after a slow turn, once for all that were under way, and grows by one for each round of quick ones."""

    def __init__(self, size_max: int, now_s: Callable[[], float]) -> None:
        """
        Args:
            size_max: The number to begin with, and to come back to.
            now_s: Monotonic seconds.
        """
        self._size = float(size_max)
        self._size_max = size_max
        self._now_s = now_s
        self._reduced_at_s = self._lately_since_s = -float("inf")
        self._quickest_s = float("inf")

    @property
    def size(self) -> int:
        """How many at once."""
        return int(self._size)

    def turn_ended(self, began_s: float) -> None:
        """One more turn is over. Args: began_s: by the same clock."""
        now_s = self._now_s()
        took_s = now_s - began_s
        if now_s - self._lately_since_s > LATELY_S:
            self._lately_since_s, self._quickest_s = now_s, took_s
        self._quickest_s = min(self._quickest_s, took_s)
        if took_s <= max(SLOW_S, SLOW_FACTOR * self._quickest_s):
            self._size = min(self._size_max, self._size + 1 / self._size)
        elif began_s >= self._reduced_at_s:
            self._size = max(min(SIZE_MIN, self._size_max), self._size / 2)
            self._reduced_at_s = now_s


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
