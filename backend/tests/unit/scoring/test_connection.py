"""What a stream knows of its attempts: whether the brain is behind with them, or one of them is slow by itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from gateway.scoring.connection import Connection
from gateway.scoring.hedging import HedgedCall
from protos import fraud_pb2


class Call:
    """A brain's end of a stream: takes what is written, says what a test tells it."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[fraud_pb2.ScoreStreamReply] = asyncio.Queue()

    async def write(self, message: fraud_pb2.ScoreStreamRequest) -> None:
        """Take it."""

    def cancel(self) -> None:
        """Hang up."""

    async def __aiter__(self) -> AsyncIterator[fraud_pb2.ScoreStreamReply]:
        """What the brain says."""
        while True:
            yield await self.replies.get()


class Waiting:
    """A transaction that waits for its score."""

    transaction = fraud_pb2.Transaction(transaction_id="t")
    deadline_s = float("inf")

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = deadline_s

    def answered(self, _attempt_id: int, _outcome: fraud_pb2.ScoreOutcome) -> None:
        """Whatever it is."""


class Stream:
    """A connection with four attempts out, 1 to 4 in the order of sending."""

    def __init__(self) -> None:
        self._call = Call()
        self.connection = Connection(cast(Any, self._call))
        self._wake = asyncio.Event()
        waiting = Waiting(asyncio.get_running_loop().time() + 1)
        batches: list[Any] = [([(n, cast(HedgedCall, waiting)) for n in range(1, 5)], [])]
        self._tasks = [
            asyncio.create_task(self.connection.write(lambda: batches.pop() if batches else None, self._wake)),
            asyncio.create_task(self.connection.read()),
        ]

    async def answer(self, attempt_id: int, *, is_score: bool = True) -> None:
        """The brain answers one of them."""
        outcome = fraud_pb2.ScoreOutcome(attempt_id=attempt_id)
        if is_score:
            outcome.score.transaction_id = "t"
        else:
            outcome.failure.code = fraud_pb2.Failure.DEADLINE_EXCEEDED
        await asyncio.sleep(0)
        self._call.replies.put_nowait(fraud_pb2.ScoreStreamReply(outcomes=[outcome]))
        for _ in range(3):
            await asyncio.sleep(0)

    def close(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()


@pytest.fixture
async def stream() -> AsyncIterator[Stream]:
    """For one test."""
    stream = Stream()
    yield stream
    stream.close()


async def test_a_brain_that_works_through_a_queue_is_behind(stream: Stream) -> None:
    """It gave a score of an older attempt, and others are still before this one."""
    began_s = asyncio.get_running_loop().time()

    await stream.answer(1)

    assert stream.connection.is_behind(4, since_s=began_s)
    assert not stream.connection.is_behind(4, since_s=asyncio.get_running_loop().time() + 1)


async def test_an_attempt_that_is_overtaken_is_slow_by_itself(stream: Stream) -> None:
    """A later one has its score: whatever holds this one back, it is not the queue."""
    began_s = asyncio.get_running_loop().time()

    await stream.answer(4)

    assert not stream.connection.is_behind(3, since_s=began_s)


async def test_the_oldest_attempt_waits_for_nobody(stream: Stream) -> None:
    """Nothing that was sent before it is left."""
    began_s = asyncio.get_running_loop().time()

    await stream.answer(1)

    assert not stream.connection.is_behind(2, since_s=began_s)


async def test_failures_are_no_work(stream: Stream) -> None:
    """A brain where everything oversleeps answers as well, and scores nothing."""
    began_s = asyncio.get_running_loop().time()

    await stream.answer(1, is_score=False)

    assert not stream.connection.is_behind(4, since_s=began_s)
