"""
Answers that many may share: whoever takes one that is a little old gets the one that somebody just asked for.

A wall of dashboards asks the same few questions each second. Here they cost one answer each half second, however many
ask. An answer is as old as its making is long ago, so nobody gets one that saw the world more than OLD_S before the
question, and one that takes longer to make is simply made again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from gateway.api.answers import Answer

OLD_S = 0.5  # half of the fastest pace: polls of several tabs meet, and no figure looks late
ANSWERS_MAX = 64  # a wall of tabs with different filters; past it the oldest is asked anew
BODY_BYTES_MAX = 256 * 1024  # of one that is kept: 16 MiB in all. A page of 50 records has 100 kB

Make = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class _Making:
    began_s: float
    task: "asyncio.Task[Answer]"


class SharedAnswers:
    """
    For one event loop. Errors are shared by those who wait for them together, and never kept.

    Whoever stops waiting stops nobody else's answer. `close` belongs to the gateway's lifespan.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args: now_s: Monotonic seconds."""
        self._now_s = now_s
        self._newest: dict[Hashable, _Making] = {}  # of each question; in the order in which they began
        self._running: set[asyncio.Task[Answer]] = set()  # so that none vanishes that nobody waits for any more

    def __len__(self) -> int:
        """How many are kept, or being made for all."""
        return len(self._newest)

    async def close(self) -> None:
        """Make no more of what is being made."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    async def recent(self, question: Hashable, make: Make) -> Answer:
        """An answer whose making began OLD_S ago at most. Raises what `make` raises."""
        making = self._newest.get(question)
        if making is None or self._is_old(making):
            making = self._begin(question, make)
        return await asyncio.shield(making.task)

    async def fresh(self, question: Hashable, make: Make) -> Answer:
        """
        One that is made for this asker. Raises what `make` raises.

        It takes the place of one that is kept: who has just read what became of their own change must not see the time
        before it in the next poll.
        """
        if question not in self._newest:
            return await make()
        return await asyncio.shield(self._begin(question, make).task)

    def _begin(self, question: Hashable, make: Make) -> _Making:
        self._newest.pop(question, None)
        for other, making in list(self._newest.items()):
            if not self._is_old(making) and len(self._newest) < ANSWERS_MAX:
                break
            del self._newest[other]
        task = asyncio.create_task(self._make(question, make))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self._newest[question] = making = _Making(self._now_s(), task)
        return making

    async def _make(self, question: Hashable, make: Make) -> Answer:
        is_kept = False
        try:
            answer = await make()
            is_kept = answer.status == 200 and len(answer.body) <= BODY_BYTES_MAX
            return answer
        finally:
            newest = self._newest.get(question)
            if not is_kept and newest is not None and newest.task is asyncio.current_task():
                del self._newest[question]

    def _is_old(self, making: _Making) -> bool:
        return self._now_s() - making.began_s > OLD_S
