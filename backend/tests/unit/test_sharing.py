"""Answers that many share: made once, never too old, and nobody's mishap becomes a neighbour's."""

import asyncio
from collections.abc import Awaitable

import pytest

from gateway.api.answers import Answer
from gateway.api.sharing import ANSWERS_MAX, BODY_BYTES_MAX, OLD_S, SharedAnswers
from tests.clock import Clock


class Kitchen:
    """Makes numbered answers, each when it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()
        self.status = 200
        self.body_bytes = 1
        self.error: Exception | None = None

    async def make(self) -> Answer:
        """The next number, padded."""
        self.begun += 1
        body = str(self.begun).encode().ljust(self.body_bytes)
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return Answer.of(self.status, (), body)


@pytest.fixture
async def kitchen() -> Kitchen:
    """One that ends at once, unless a test says otherwise."""
    kitchen = Kitchen()
    kitchen.may_end.set()
    return kitchen


@pytest.fixture
def shared(clock: Clock) -> SharedAnswers:
    """Empty."""
    return SharedAnswers(clock)


async def begin(*asking: Awaitable[Answer]) -> list["asyncio.Task[Answer]"]:
    """Askers that all wait by now."""
    tasks = [asyncio.ensure_future(one) for one in asking]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_many_who_ask_at_once_cost_one_answer(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """And all get it."""
    kitchen.may_end.clear()
    asking = await begin(*(shared.recent("q", kitchen.make) for _ in range(100)))

    kitchen.may_end.set()

    assert {answer.body for answer in await asyncio.gather(*asking)} == {b"1"}
    assert kitchen.begun == 1


async def test_an_answer_serves_for_half_a_second_and_no_longer(
    shared: SharedAnswers, kitchen: Kitchen, clock: Clock
) -> None:
    """Counted from when its making began: that is when it saw the world."""
    await shared.recent("q", kitchen.make)

    clock.now_s += OLD_S
    assert (await shared.recent("q", kitchen.make)).body == b"1"
    clock.now_s += 0.001
    assert (await shared.recent("q", kitchen.make)).body == b"2"


async def test_nobody_joins_one_that_began_too_long_ago(shared: SharedAnswers, kitchen: Kitchen, clock: Clock) -> None:
    """A question that takes the ledger 2 s would else be answered with the state of 2 s ago."""
    kitchen.may_end.clear()
    early = await begin(shared.recent("q", kitchen.make))
    clock.now_s += OLD_S + 0.001
    late = await begin(shared.recent("q", kitchen.make))

    kitchen.may_end.set()

    assert [(await task).body for task in early + late] == [b"1", b"2"]


async def test_different_questions_have_answers_of_their_own(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """Nothing is shared between filters."""
    assert (await shared.recent("a", kitchen.make)).body == b"1"
    assert (await shared.recent("b", kitchen.make)).body == b"2"


async def test_a_fresh_answer_is_made_anew_and_serves_those_who_come_after_it(
    shared: SharedAnswers, kitchen: Kitchen
) -> None:
    """Who saw their own change in a fresh answer does not lose it in the next poll."""
    await shared.recent("q", kitchen.make)

    assert (await shared.fresh("q", kitchen.make)).body == b"2"
    assert (await shared.recent("q", kitchen.make)).body == b"2"


@pytest.mark.parametrize("status", [200, 503])
async def test_an_older_answer_that_ends_later_does_not_take_the_place_of_a_fresh_one(
    shared: SharedAnswers, kitchen: Kitchen, status: int
) -> None:
    """It saw the world before the change; and if it failed, that says nothing of the fresh one."""
    slow = Kitchen()
    slow.status = status
    waiting = await begin(shared.recent("q", slow.make))
    await shared.fresh("q", kitchen.make)
    fresh = await shared.fresh("q", kitchen.make)

    slow.may_end.set()
    await waiting[0]

    assert await shared.recent("q", kitchen.make) is fresh


async def test_what_nobody_polls_is_not_kept(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """A merchant who looks up ids one after the other must not push out what dashboards share."""
    await shared.fresh("q", kitchen.make)

    assert len(shared) == 0


async def test_an_asker_who_gives_up_does_not_end_it_for_the_others(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """Also when it was the first one, for whom it is made."""
    kitchen.may_end.clear()
    first, second = await begin(shared.recent("q", kitchen.make), shared.recent("q", kitchen.make))

    first.cancel()
    await asyncio.wait([first])
    kitchen.may_end.set()

    assert first.cancelled()
    assert (await second).body == b"1"


async def test_an_answer_is_finished_although_all_have_given_up(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """It is there for whoever comes next."""
    kitchen.may_end.clear()
    (only,) = await begin(shared.recent("q", kitchen.make))
    only.cancel()
    await asyncio.wait([only])

    kitchen.may_end.set()

    assert (await shared.recent("q", kitchen.make)).body == b"1"


async def test_an_error_reaches_those_who_wait_for_it_and_nobody_after(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """The ledger may be back in a millisecond."""
    kitchen.may_end.clear()
    kitchen.status = 503
    together = await begin(shared.recent("q", kitchen.make), shared.recent("q", kitchen.make))
    kitchen.may_end.set()
    assert [(await task).status for task in together] == [503, 503]

    kitchen.status = 200

    assert (await shared.recent("q", kitchen.make)).status == 200
    assert kitchen.begun == 2


async def test_a_crash_is_not_kept_either(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """Each who waited gets it, and the next one a try of their own."""
    kitchen.error = RuntimeError("a fault of ours")
    with pytest.raises(RuntimeError):
        await shared.recent("q", kitchen.make)

    kitchen.error = None

    assert (await shared.recent("q", kitchen.make)).body == b"2"


async def test_so_many_are_kept_and_the_oldest_goes_first(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """Whoever makes up filters cannot fill the memory."""
    for question in range(ANSWERS_MAX + 10):
        await shared.recent(question, kitchen.make)

    assert len(shared) == ANSWERS_MAX
    assert (await shared.recent(10, kitchen.make)).body == b"11"
    assert (await shared.recent(0, kitchen.make)).body == str(ANSWERS_MAX + 11).encode()


async def test_old_ones_go_with_the_next_question(shared: SharedAnswers, kitchen: Kitchen, clock: Clock) -> None:
    """A quiet night holds no pages of the evening."""
    for question in range(10):
        await shared.recent(question, kitchen.make)
    clock.now_s += OLD_S + 0.001

    await shared.recent("q", kitchen.make)

    assert len(shared) == 1


async def test_a_large_answer_is_given_and_not_kept(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """64 exports of 500 records would be 50 MB."""
    kitchen.body_bytes = BODY_BYTES_MAX
    await shared.recent("largest", kitchen.make)
    kitchen.body_bytes = BODY_BYTES_MAX + 1
    await shared.recent("too large", kitchen.make)

    assert len(shared) == 1
    assert (await shared.recent("largest", kitchen.make)).body.startswith(b"1 ")
    assert (await shared.recent("too large", kitchen.make)).body.startswith(b"3 ")


async def test_close_leaves_nothing_running(shared: SharedAnswers, kitchen: Kitchen) -> None:
    """A gateway that stops waits for no question."""
    kitchen.may_end.clear()
    asking = await begin(shared.recent("q", kitchen.make))

    await shared.close()

    assert await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 1)
    assert len(shared) == 0
