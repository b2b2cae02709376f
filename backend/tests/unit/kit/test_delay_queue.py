"""Items fall due in the order in which they were added, those that are done never, and one timer serves them all."""

import asyncio
from dataclasses import dataclass

from gateway.kit.delay_queue import DelayQueue

DELAY_S = 0.02


@dataclass
class Item:
    """What waits."""

    name: str
    is_done: bool = False

    def done(self) -> bool:
        """Whether it need not fall due any more."""
        return self.is_done


class Due:
    """A queue, and what fell due."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.times_s: list[float] = []
        self.queue: DelayQueue[Item] = DelayQueue(DELAY_S, self.take)

    def take(self, item: Item, due_s: float) -> None:
        """It is its turn."""
        self.names.append(item.name)
        self.times_s.append(due_s)

    async def until(self, count: int) -> None:
        """Wait for so many."""
        while len(self.names) < count:
            await asyncio.sleep(0.001)


async def test_items_fall_due_in_turn_and_no_earlier_than_they_should() -> None:
    """Each is told the time that it was promised."""
    due = Due()
    began_s = asyncio.get_running_loop().time()
    promised_s = [due.queue.add(Item("a"))]
    await asyncio.sleep(DELAY_S / 2)
    promised_s.append(due.queue.add(Item("b")))

    await due.until(2)

    assert (due.names, due.times_s) == (["a", "b"], promised_s)
    assert asyncio.get_running_loop().time() - began_s >= DELAY_S * 1.5 - 0.002


async def test_what_is_done_never_falls_due() -> None:
    """Wherever in the queue it is."""
    due = Due()
    items = [Item(name) for name in "abcd"]
    for item in items:
        due.queue.add(item)
    items[0].is_done = items[2].is_done = True

    await due.until(2)
    await asyncio.sleep(DELAY_S)

    assert due.names == ["b", "d"]


async def test_items_that_are_done_are_not_kept_until_their_time() -> None:
    """Thousands a second are added, and nearly all are done in milliseconds."""
    due = Due()
    for n in range(1000):
        item = Item(f"{n}")
        due.queue.add(item)
        item.is_done = True

    assert len(due.queue) == 1


async def test_an_item_may_be_added_again_when_it_falls_due() -> None:
    """A hedge is followed by the next one."""
    names: list[str] = []

    def take(item: Item, _due_s: float) -> None:
        names.append(item.name)
        item.is_done = len(names) == 3
        if not item.is_done:
            queue.add(item)

    queue: DelayQueue[Item] = DelayQueue(DELAY_S, take)
    item = Item("a")
    queue.add(item)

    while not item.is_done:
        await asyncio.sleep(0.001)

    assert (names, len(queue)) == (["a"] * 3, 0)


async def test_one_that_raises_holds_up_nobody() -> None:
    """Deadlines are the last protection of all who wait for a score."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    called: list[str] = []

    def fail(item: Item, _due_s: float) -> None:
        called.append(item.name)
        raise RuntimeError(item.name)

    queue: DelayQueue[Item] = DelayQueue(DELAY_S, fail)
    for name in "ab":
        queue.add(Item(name))
    async with asyncio.timeout(10):
        while len(called) < 2:
            await asyncio.sleep(0.001)

    assert called == ["a", "b"]
