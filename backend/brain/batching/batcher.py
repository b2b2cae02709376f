"""
Scores in natural batches: all that queued while the last batch was scored.

There is no timer: a lone attempt does not wait, and batches grow with the load.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from brain.batching.attempts import Attempt
from brain.batching.fair_queue import FairQueue
from brain.domain import Query
from brain.outcomes import Outcome, failure
from protos.fraud_pb2 import Failure

log = structlog.get_logger()

Score = Callable[[Sequence[Query]], Sequence[Outcome]]


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
        self._has_turn = False

    def put(self, attempt: Attempt) -> None:
        """Queue one attempt. Past `queue_max` the source with most attempts loses its newest one, as OVERLOADED."""
        self._queue.put(attempt)
        self._take_turn()

    def _take_turn(self) -> None:
        """Score on the event loop's next turn: a batch must not starve the streams that bring the next one."""
        if self._queue and not self._has_turn:
            self._has_turn = True
            asyncio.get_running_loop().call_soon(self._score_next)

    def _score_next(self) -> None:
        self._has_turn = False
        if batch := self._next_batch():
            self._score_batch(batch)
        self._take_turn()

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

    def _score_batch(self, batch: list[Attempt]) -> None:
        try:
            outcomes = self._score([attempt.query for attempt in batch])
            # Paired before any is delivered: if one is missing, no attempt may get another's score.
            for attempt, outcome in list(zip(batch, outcomes, strict=True)):
                attempt.finish(outcome)
        except Exception:
            # The next batch is not to blame.
            log.exception("batch.failed", attempts=len(batch))
            for attempt in batch:
                attempt.finish(failure(Failure.INTERNAL, "the brain could not score this batch"))
