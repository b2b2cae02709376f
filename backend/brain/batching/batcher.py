"""
Natural batching: score together what queued while the last batch was in flight.

No timer: a lone attempt waits for nobody, and under load the batches grow by themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from brain.batching.attempts import Attempt
from brain.batching.fair_queue import FairQueue
from brain.domain import Query
from brain.outcomes import Outcome, failure
from protos.fraud_pb2 import Failure

log = structlog.get_logger()

Score = Callable[[Sequence[Query]], Awaitable[Sequence[Outcome]]]


class MicroBatcher:
    """The one queue between all sources and the model; they take turns, and each one's first come is first scored."""

    def __init__(self, score: Score, *, batch_max: int, queue_max: int) -> None:
        """
        Args:
            score: n queries to n outcomes, in order, within bounded time.
            batch_max: Most attempts in one call of `score`.
            queue_max: Most attempts that wait.
        """
        self._score = score
        self._batch_max = batch_max
        self._queue = FairQueue(size_max=queue_max, overloaded="too many attempts wait for the model")
        self._arrived = asyncio.Event()

    def put(self, attempt: Attempt) -> None:
        """Queue one attempt; past `queue_max` one of whoever has most in the queue is answered OVERLOADED at once."""
        self._queue.put(attempt)
        self._arrived.set()

    async def run(self) -> None:
        """Score for ever; cancel the task to stop."""
        while True:
            await self._arrived.wait()
            if batch := self._next_batch():
                await self._score_batch(batch)
            if not self._queue:
                self._arrived.clear()
            # A batch that never had to wait would otherwise starve the streams that bring the next one.
            await asyncio.sleep(0)

    def _next_batch(self) -> list[Attempt]:
        now_s = asyncio.get_running_loop().time()
        batch: list[Attempt] = []
        while self._queue and len(batch) < self._batch_max:
            attempt = self._queue.pop()
            if attempt.deadline_s <= now_s:
                attempt.expire()
            else:
                batch.append(attempt)
        return batch

    async def _score_batch(self, batch: list[Attempt]) -> None:
        try:
            outcomes = await self._score([attempt.query for attempt in batch])
            # Paired before any is delivered: when one is missing, nobody may get a neighbour's score.
            for attempt, outcome in list(zip(batch, outcomes, strict=True)):
                attempt.finish(outcome)
        except Exception:
            # Whatever it was, it was not the next batch's fault: this loop must outlive it.
            log.exception("batch.failed", attempts=len(batch))
            for attempt in batch:
                attempt.finish(failure(Failure.INTERNAL, "the brain could not score this batch"))
