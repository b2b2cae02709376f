"""
Works off the backlog while the brain is well: each verdict that was blind or degraded is scored as of its own time, and
what that changes is appended to it.

Live traffic comes first: few scores at a time, at a rate that grows while nothing fails. Everything is safe to
repeat, and a worker may die anywhere: an item is settled by one update of its record, or still waits.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from pymongo import UpdateOne

from gateway.domain import Amendment, DecisionSource, Score, Transaction
from gateway.errors import LedgerFailure
from gateway.features.rescoring import store
from gateway.features.rescoring.rate_limiter import RateLimiter
from gateway.features.rescoring.store import BacklogItem, RescoreBacklog
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.errors import CircuitRefused, ScorerFailure, ScorerOverloaded, ScorerRefusedRequest
from gateway.verdict import policy

_log = structlog.get_logger()
_IDLE_S = 2.0  # between looks when there is nothing to do
_PAUSE_S = 2.0  # after a ledger that did not answer
_AT_ONCE_MAX = 16  # scores under way for each: together a twelfth of what one brain may owe a gateway
_BATCH_MIN, _BATCH_MAX = 10, 200  # items of one claim: about half a second's work, far from the end of their lease
_HISTORY_LAG = timedelta(seconds=3)  # a brain knows within a second what the ledger has; it must know what came before
_FRUITLESS_SHARE = 0.9  # of a batch, scored without history: it is away, and more tries would only cost
ATTEMPTS_MAX = 20  # with delays that grow to an hour: about ten hours
RETRY_S_MAX = 3600.0
DEGRADED_RETRY_S_MAX = 60.0  # so late it is noticed at most that history is back
DEGRADED_FOR_MAX = timedelta(days=1)  # then a score without history is better than none


class BacklogScorer(Protocol):
    """Scores verdicts anew: `gateway.scoring.scorer.Scorer` in production."""

    async def rescore(self, transaction: Transaction) -> Score:
        """Score it as of the transaction's own time. Raises ScorerFailure."""


class Rescorer:
    """
    Begins with what earlier runs left; what is leased at the end is free again when its lease is over.

    Attributes:
        settled: Verdicts since the start: scored again, given up, or put off.
    """

    def __init__(
        self,
        scorer: BacklogScorer,
        kept: RescoreBacklog,
        limiter: RateLimiter,
        *,
        scorer_is_healthy: Callable[[], bool],
        ledger_is_healthy: Callable[[], bool],
        on_settled: Callable[[], None],
    ) -> None:
        """
        Args:
            kept: Where they wait.
            scorer_is_healthy: Whether the circuit is closed and a brain can be asked.
            ledger_is_healthy: Whether it makes sense to ask the ledger.
            on_settled: Called when some were settled: flips may be among them.
        """
        self.settled = 0
        self._on_settled = on_settled
        self._scorer = scorer
        self._backlog = kept
        self._limiter = limiter
        self._scorer_is_healthy = scorer_is_healthy
        self._ledger_is_healthy = ledger_is_healthy
        self._workers = [
            Periodic("rescoring", self._work, every_s=every_s, pause_s=_PAUSE_S, expected=(LedgerFailure,))
            for every_s in (_IDLE_S, None)  # one looks for work and wakes the other: one scores while one writes down
        ]

    async def start(self) -> None:
        """Begin."""
        for worker in self._workers:
            await worker.start()

    async def close(self) -> None:
        """Stop."""
        for worker in self._workers:
            await worker.close()

    def scorer_is_back(self) -> None:
        """Begin anew: the circuit has just closed."""
        self._limiter.restart()
        for worker in self._workers:
            worker.wake()

    async def _work(self) -> bool:
        return self._ledger_is_healthy() and self._scorer_is_healthy() and await self._work_off()

    async def _work_off(self) -> bool:
        """Work off one batch; False when there was none."""
        size = max(_BATCH_MIN, min(_BATCH_MAX, round(self._limiter.per_s / 2)))
        claimed = await self._backlog.claim(size, known_until=clock.now() - _HISTORY_LAG)
        if not claimed:
            return False
        for worker in self._workers:
            worker.wake()
        updates, degraded = await self._judge_all(claimed)
        settled = await self._backlog.settle(updates)
        self.settled += settled
        self._on_settled()
        if degraded >= _FRUITLESS_SHARE * len(claimed):
            self._limiter.slow_down()
        _log.info("rescore.settled", claimed=len(claimed), settled=settled, degraded=degraded)
        return True

    async def _judge_all(self, claimed: Sequence[BacklogItem]) -> tuple[list[UpdateOne], int]:
        """What became of each, and how many were scored without history."""
        judged: list[tuple[UpdateOne, bool]] = []
        waiting = iter(claimed)

        async def work() -> None:
            for item in waiting:
                if not self._scorer_is_healthy():
                    judged.append((store.released(item), False))
                    continue
                await asyncio.sleep(self._limiter.take_turn())
                judged.append(await self._judge(item))

        await asyncio.gather(*(work() for _ in range(min(_AT_ONCE_MAX, len(claimed)))))
        return [update for update, _ in judged], sum(is_degraded for _, is_degraded in judged)

    async def _judge(self, item: BacklogItem) -> tuple[UpdateOne, bool]:
        """What becomes of this item, and whether it has to wait for history."""
        try:
            score = await self._scorer.rescore(item.transaction)
        except ScorerFailure as failure:
            return self._without_score(item, failure), False
        self._limiter.succeeded()
        at = clock.now()
        if not is_final(item, score, at=at):
            return store.degraded(item, retry_s=degraded_retry_s(item)), True
        return store.amended(item, amend(item, score, at=at)), False

    def _without_score(self, item: BacklogItem, failure: ScorerFailure) -> UpdateOne:
        if isinstance(failure, ScorerRefusedRequest):  # the brain is well, and will never score this one
            return store.closed(item, f"the brain refuses it: {failure}")
        if isinstance(failure, CircuitRefused):
            return store.released(item)
        self._limiter.failed()
        if isinstance(failure, ScorerOverloaded):  # says nothing of this transaction
            return store.released(item)
        if is_hopeless(item):
            return store.closed(item, f"no score in {ATTEMPTS_MAX} attempts: {failure}")
        return store.failed(item, retry_s=failure_retry_s(item))


def amend(item: BacklogItem, score: Score, *, at: datetime) -> Amendment:
    """
    Decide again with this score, by the thresholds of that time. What a list decided, it decides with any score.
    """
    is_listed = item.source is DecisionSource.LIST
    ruling = policy.decide_later(score, item.thresholds)
    return Amendment(
        at=at,
        reason=item.reason,
        old_decision=item.decision,
        new_decision=item.decision if is_listed else ruling.decision,
        score=score,
        budget=None if is_listed else ruling.budget,
    )


def is_final(item: BacklogItem, score: Score, *, at: datetime) -> bool:
    """Whether a score is as good as it gets: made with history, or history has been away for a day."""
    if not score.degraded:
        return True
    return item.degraded_since is not None and at - item.degraded_since >= DEGRADED_FOR_MAX


def is_hopeless(item: BacklogItem) -> bool:
    """Whether one more failure was one too many."""
    return item.attempts + 1 >= ATTEMPTS_MAX


def failure_retry_s(item: BacklogItem) -> float:
    """Compute the pause: 2 s after the first failure, twice as long after each further one."""
    return min(RETRY_S_MAX, 2.0 ** (item.attempts + 1))


def degraded_retry_s(item: BacklogItem) -> float:
    """Compute the pause: 1 s after the first score without history, for a busy moment of MongoDB is soon over."""
    return min(DEGRADED_RETRY_S_MAX, 2.0 ** min(item.degraded_times, 10))
