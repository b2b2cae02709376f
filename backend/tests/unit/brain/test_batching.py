"""The micro-batcher: natural batches, deadlines, cancellation, overload, and surviving its own bugs."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from brain.batching.attempts import Attempt
from brain.batching.batcher import MicroBatcher
from brain.domain import Query
from brain.outcomes import Outcome
from protos.fraud_pb2 import Failure, ScoreReply


class Scorer:
    """Notes each batch, lets something happen while it scores the first one, and may be broken for one."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.meanwhile: Callable[[], None] | None = None
        self.breaks_on: str | None = None

    def __call__(self, queries: Sequence[Query]) -> Sequence[Outcome]:
        """Echo the ids."""
        ids = [query.transaction_id for query in queries]
        self.batches.append(ids)
        if self.meanwhile is not None and len(self.batches) == 1:
            self.meanwhile()
        if self.breaks_on in ids:
            raise ZeroDivisionError
        return [ScoreReply(transaction_id=transaction_id) for transaction_id in ids]


class Caller:
    """Makes attempts and keeps their outcomes in the order of delivery."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, Outcome]] = []

    def attempt(self, transaction_id: str, *, source: str = "stream", budget_s: float = 60.0) -> Attempt:
        """An attempt with a budget from now."""
        return Attempt(
            Query(transaction_id, 1, 100, "user_1", None),
            source=source,
            deadline_s=asyncio.get_running_loop().time() + budget_s,
            deliver=lambda outcome: self.delivered.append((transaction_id, outcome)),
        )

    @property
    def codes(self) -> dict[str, "Failure.Code.ValueType | None"]:
        """The failure of each delivered attempt, None for a score."""
        return {name: outcome.code if isinstance(outcome, Failure) else None for name, outcome in self.delivered}


@pytest.fixture
def caller() -> Caller:
    """Somebody who wants scores."""
    return Caller()


@pytest.fixture
def scorer() -> Scorer:
    """A scorer that works."""
    return Scorer()


async def until_quiet() -> None:
    """Let everything that can happen without waiting happen."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_queues_behind_a_batch_is_scored_together_in_order(scorer: Scorer, caller: Caller) -> None:
    """The first attempt waits for nobody; those that come while it is scored form the next batch."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=100)

    def three_come() -> None:
        for name in "bcd":
            batcher.put(caller.attempt(name))

    scorer.meanwhile = three_come
    batcher.put(caller.attempt("a"))
    await until_quiet()

    assert scorer.batches == [["a"], ["b", "c", "d"]]
    assert [name for name, _ in caller.delivered] == ["a", "b", "c", "d"]


async def test_a_batch_lets_the_streams_go_first(scorer: Scorer, caller: Caller) -> None:
    """What they bring on the same turn of the event loop is scored with it."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=100)
    batcher.put(caller.attempt("a"))
    asyncio.get_running_loop().call_soon(lambda: batcher.put(caller.attempt("late")))
    batcher.put(caller.attempt("b"))

    assert scorer.batches == []
    await until_quiet()

    assert scorer.batches == [["a", "b"], ["late"]]


async def test_a_batch_never_exceeds_its_limit(scorer: Scorer, caller: Caller) -> None:
    """Five waiting attempts with batches of two are three batches."""
    batcher = MicroBatcher(scorer, batch_max=2, queue_max=100)
    for name in "abcde":
        batcher.put(caller.attempt(name))

    await until_quiet()

    assert scorer.batches == [["a", "b"], ["c", "d"], ["e"]]


async def test_expired_work_is_dropped_and_said_to_be(scorer: Scorer, caller: Caller) -> None:
    """An attempt whose budget ran out in the queue is answered DEADLINE_EXCEEDED and never scored."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=100)
    batcher.put(caller.attempt("late", budget_s=0.0))
    batcher.put(caller.attempt("early"))

    await until_quiet()

    assert scorer.batches == [["early"]]
    assert caller.codes == {"late": Failure.DEADLINE_EXCEEDED, "early": None}


async def test_cancelled_work_is_neither_scored_nor_delivered(scorer: Scorer, caller: Caller) -> None:
    """A lost hedge costs nothing any more."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=100)
    lost = caller.attempt("lost")
    batcher.put(lost)
    batcher.put(caller.attempt("other"))
    lost.cancel()

    await until_quiet()

    assert scorer.batches == [["other"]]
    assert caller.codes == {"other": None}


async def test_cancelling_in_the_middle_of_a_batch_silences_only_that_attempt(scorer: Scorer, caller: Caller) -> None:
    """Its neighbours in the batch get their scores."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=100)
    lost = caller.attempt("lost")
    scorer.meanwhile = lost.cancel
    batcher.put(lost)
    batcher.put(caller.attempt("other"))

    await until_quiet()

    assert caller.codes == {"other": None}


async def test_past_the_queue_limit_the_answer_is_overloaded_at_once(scorer: Scorer, caller: Caller) -> None:
    """Who finds the queue full hears it immediately; who is in it keeps the place."""
    batcher = MicroBatcher(scorer, batch_max=10, queue_max=2)

    for name in "abc":
        batcher.put(caller.attempt(name))

    assert caller.codes == {"c": Failure.OVERLOADED}
    await until_quiet()
    assert caller.codes == {"a": None, "b": None, "c": Failure.OVERLOADED}


async def test_a_bug_in_one_batch_fails_that_batch_and_no_other(scorer: Scorer, caller: Caller) -> None:
    """Its attempts get INTERNAL; the batcher lives and scores the next ones."""
    scorer.breaks_on = "poison"
    batcher = MicroBatcher(scorer, batch_max=2, queue_max=100)
    for name in ("poison", "neighbour", "next"):
        batcher.put(caller.attempt(name))

    await until_quiet()

    assert caller.codes == {"poison": Failure.INTERNAL, "neighbour": Failure.INTERNAL, "next": None}


async def test_a_scorer_that_loses_a_row_fails_the_batch(caller: Caller) -> None:
    """Fewer outcomes than questions are a bug: nobody gets a neighbour's score, nobody is left waiting."""

    def forgetful(queries: Sequence[Query]) -> Sequence[Outcome]:
        return [ScoreReply() for _ in queries[1:]]

    batcher = MicroBatcher(forgetful, batch_max=10, queue_max=100)
    for name in "ab":
        batcher.put(caller.attempt(name))

    await until_quiet()

    assert caller.codes == {"a": Failure.INTERNAL, "b": Failure.INTERNAL}
