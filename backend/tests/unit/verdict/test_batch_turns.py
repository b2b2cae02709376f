"""Turns of batches: few at once, fewer beside single transactions, never none, and nobody waits for ever."""

import asyncio

import pytest

from gateway.verdict.batch_turns import OVERLOADED_AT_ONCE, BatchTurns

LONG_S = 60.0


class Item:
    """One item of a batch: takes a turn, keeps it until it is told to end."""

    def __init__(self, turns: BatchTurns, *, patience_s: float = LONG_S) -> None:
        self.has_turn: bool | None = None
        self._may_end = asyncio.Event()
        until_s = asyncio.get_running_loop().time() + patience_s
        self.task = asyncio.create_task(self._run(turns, until_s))

    async def _run(self, turns: BatchTurns, until_s: float) -> None:
        async with turns.turn(until_s=until_s) as self.has_turn:
            await self._may_end.wait()

    async def end(self) -> None:
        """It is decided."""
        self._may_end.set()
        await self.task


class Brains:
    """What brains owe to single transactions."""

    def __init__(self) -> None:
        self.owed = 0


@pytest.fixture
def brains() -> Brains:
    """Nothing to do."""
    return Brains()


@pytest.fixture
def turns(brains: Brains) -> BatchTurns:
    """Three at once, and at most twenty that wait."""
    return BatchTurns(lambda: brains.owed, at_once_max=3, waiting_max=20)


async def under_way(items: list[Item]) -> list[bool]:
    """Which items have a turn, once everything has happened that can."""
    for _ in range(5):
        await asyncio.sleep(0)
    return [item.has_turn is True for item in items]


async def test_a_few_at_once_in_the_order_of_arrival(turns: BatchTurns) -> None:
    """The next item begins when one ends."""
    items = [Item(turns) for _ in range(5)]
    assert await under_way(items) == [True, True, True, False, False]

    await items[1].end()

    assert await under_way(items) == [True, True, True, True, False]


async def test_single_transactions_go_first(turns: BatchTurns, brains: Brains) -> None:
    """While the brains owe enough to others, items go one by one; afterwards several again."""
    brains.owed = 3
    items = [Item(turns) for _ in range(5)]
    assert await under_way(items) == [True, False, False, False, False]
    await items[0].end()
    assert await under_way(items) == [True, True, False, False, False]

    brains.owed = 0
    await items[1].end()

    assert await under_way(items) == [True, True, True, True, True]


async def test_patience_ends(turns: BatchTurns) -> None:
    """Who has no turn in time goes on without one, and leaves the turns of others alone."""
    first = [Item(turns) for _ in range(3)]
    late, patient = Item(turns, patience_s=0.01), Item(turns)
    await asyncio.sleep(0.05)
    assert late.has_turn is False
    await late.end()
    assert patient.has_turn is None

    await first[0].end()

    assert await under_way([patient]) == [True]


async def test_too_many_waiting_are_refused_at_once(turns: BatchTurns) -> None:
    """The last item, behind three at work and twenty that wait, is not made to wait."""
    items = [Item(turns) for _ in range(24)]

    await under_way(items)

    assert [item.has_turn for item in items] == [True] * 3 + [None] * 20 + [False]


async def test_a_cancelled_item_takes_no_turn_with_it(turns: BatchTurns) -> None:
    """Cancelled while it waits, and in the very moment in which its turn came."""
    items = [Item(turns) for _ in range(6)]
    await under_way(items)
    items[3].task.cancel()
    items[0]._may_end.set()
    items[4].task.cancel()
    await asyncio.gather(items[0].task, items[3].task, items[4].task, return_exceptions=True)

    assert await under_way([items[1], items[2], items[5]]) == [True, True, True]


async def test_a_failed_item_gives_its_turn_back(turns: BatchTurns) -> None:
    """Whatever ended it."""
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            async with turns.turn(until_s=asyncio.get_running_loop().time() + LONG_S):
                raise ZeroDivisionError

    items = [Item(turns) for _ in range(3)]

    assert await under_way(items) == [True, True, True]


async def test_those_without_a_turn_are_few_at_once_too(turns: BatchTurns) -> None:
    """What is decided without a score costs the brains nothing, and the process its time."""
    holders = [Item(turns) for _ in range(3)]
    refused = [Item(turns, patience_s=0.0) for _ in range(OVERLOADED_AT_ONCE + 2)]
    await asyncio.sleep(0.02)
    first = [item.has_turn for item in refused]
    await refused[0].end()
    await asyncio.sleep(0)

    await under_way(holders)

    assert first == [False] * OVERLOADED_AT_ONCE + [None] * 2
    assert [item.has_turn for item in refused] == [False] * (OVERLOADED_AT_ONCE + 1) + [None]
    assert await under_way(holders) == [True] * 3
