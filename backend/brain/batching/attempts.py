"""
Follows one attempt to score one transaction, from its arrival to its one outcome.

    arrived ──> waiting (perhaps asleep first) ──> over: one outcome was delivered
                   └──────── cancel ─────────────> over: no outcome is delivered
"""

from asyncio import TimerHandle
from collections.abc import Callable, Hashable
from typing import Protocol

from brain.domain import Query
from brain.outcomes import Outcome, failure
from protos.fraud_pb2 import Failure

Deliver = Callable[[Outcome], None]
Source = Hashable  # one of those that share the brain: a stream, or a peer that calls Score


class Queue(Protocol):
    """Where an attempt waits."""

    def discard(self, attempt: "Attempt") -> None:
        """Remove the attempt, if it is here."""


class Attempt:
    """
    A transaction that the batcher may score, until the attempt is over.

    Attributes:
        query: What is to be scored.
        source: Where the attempt comes from.
        deadline_s: On the event loop's clock, in seconds; an answer after it is useless.
        timer: Wakes it while it sleeps through an injected fault.
        queue: Where it waits or sleeps; None when it does neither.
    """

    __slots__ = ("_deliver", "deadline_s", "is_over", "query", "queue", "source", "timer")

    def __init__(self, query: Query, *, source: Source, deadline_s: float, deliver: Deliver) -> None:
        """Args: deliver: called at most once, on the event loop; it must not raise."""
        self.query = query
        self.source = source
        self.deadline_s = deadline_s
        self.timer: TimerHandle | None = None
        self.queue: Queue | None = None
        self.is_over = False
        self._deliver = deliver

    def finish(self, outcome: Outcome) -> None:
        """Deliver the outcome, unless the attempt is over already."""
        if not self.is_over:
            self._end()
            self._deliver(outcome)

    def expire(self) -> None:
        """Fail with DEADLINE_EXCEEDED instead of answering late."""
        self.finish(failure(Failure.DEADLINE_EXCEEDED, "the budget was used up before the score was made"))

    def cancel(self) -> None:
        """End it, also while it sleeps, without delivering an outcome."""
        self._end()

    def _end(self) -> None:
        self.is_over = True
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.queue is not None:
            self.queue.discard(self)
