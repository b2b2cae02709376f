"""
Scores in natural batches: all that queued while the last batch was in flight.

There is no timer: a lone attempt does not wait, and batches grow with the load.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable

import structlog

from brain.batching.attempts import Attempt
from brain.batching.fair_queue import FairQueue
from brain.domain import Query
from brain.outcomes import Outcome, failure
from protos.fraud_pb2 import Failure

log = structlog.get_logger()

Outcomes = Sequence[Outcome]
Score = Callable[[Sequence[Query]], Outcomes | Awaitable[Outcomes]]  # at once, where it waits for nothing


class MicroBatcher:
    """Holds the one queue between all sources and the model. Sources take turns; each is served in order of arrival."""

    def __init__(self, score: Score, *, batch_max: int, queue_max: int) -> None:
        """
        Args:
            score: n queries to n outcomes, in order, within bounded time.
            batch_max: How many attempts one call of `score` may take.
            queue_max: How many attempts may wait.
        """
        self._score = score
        self._batch_max = batch_max
        self._queue = FairQueue(size_max=queue_max, overloaded="too many attempts wait for the model")
        self._arrived = asyncio.Event()

    def put(self, attempt: Attempt) -> None:
        """Queue one attempt. Past `queue_max` the source with most attempts loses its newest one, as OVERLOADED."""
        self._queue.put(attempt)
        self._arrived.set()

    async def run(self) -> None:
        """Score batch after batch until the task is cancelled."""
        while True:
            await self._arrived.wait()
            if batch := self._next_batch():
                await self._score_batch(batch)
            if not self._queue:
                self._arrived.clear()
            # A batch that did not have to wait would otherwise starve the streams that bring the next one.
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
            scored = self._score([attempt.query for attempt in batch])
            outcomes = await scored if isawaitable(scored) else scored
            # Paired before any is delivered: if one is missing, no attempt may get another's score.
            for attempt, outcome in list(zip(batch, outcomes, strict=True)):
                attempt.finish(outcome)
        except Exception:
            # This loop must survive any error: the next batch is not to blame.
            log.exception("batch.failed", attempts=len(batch))
            for attempt in batch:
                attempt.finish(failure(Failure.INTERNAL, "the brain could not score this batch"))
