"""Items that fall due a fixed time after they were added: one timer for all, as one for each costs 5 to 9 us."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import Generic, Protocol, TypeVar

_RESOLUTION_S = 0.001  # uvloop counts in whole milliseconds: what is due within one is due


class Waiting(Protocol):
    """What may be over before it falls due: nearly always it is."""

    def done(self) -> bool:
        """Whether nobody needs to be told any more. A future is such an item."""


Item = TypeVar("Item", bound=Waiting)


class DelayQueue(Generic[Item]):
    """
    Calls back with each item `delay_s` after it was added, unless it is done by then.

    All wait equally long, so whoever came first falls due first: a queue in order, and a timer for its head. It holds
    what was added in the last `delay_s` and no more; usually far less, for items that are done leave from its head.

    Args:
        delay_s: From `add` to the call, in seconds.
        on_due: Called with the item and the time that `add` returned. What it raises is logged by the event loop.
    """

    def __init__(self, delay_s: float, on_due: Callable[[Item, float], None]) -> None:
        self._delay_s = delay_s
        self._on_due = on_due
        self._queue: deque[tuple[float, Item]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """That of whoever adds: to ask for it each time would be a system call of .5 us."""
        return asyncio.get_running_loop()

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._queue)

    def add(self, item: Item) -> float:
        """Let one more wait. Returns when it falls due, on the loop's clock."""
        loop, queue = self._loop, self._queue
        due_s = loop.time() + self._delay_s
        while queue and queue[0][1].done():
            queue.popleft()
        queue.append((due_s, item))
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._call_back)
        return due_s

    def _call_back(self) -> None:
        loop, queue = self._loop, self._queue
        until_s = loop.time() + _RESOLUTION_S
        try:
            while queue and (queue[0][0] <= until_s or queue[0][1].done()):
                due_s, item = queue.popleft()
                if not item.done():
                    self._on_due(item, due_s)
        finally:  # an error in one callback must not leave all who wait without a timer
            self._timer = loop.call_at(queue[0][0], self._call_back) if queue else None
