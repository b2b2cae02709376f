"""
The outbox: once a verdict stands, the brain's history learns of its transaction.

What was just recorded comes through memory. What a crash, a full queue or a dead brain left behind is found by the
flag on its record, so nothing is forgotten; the brain knows each transaction_id, so nothing counts twice.
"""

import asyncio
import contextlib
from collections import deque
from datetime import timedelta

import structlog

from gateway.domain import Transaction
from gateway.errors import LedgerFailure, ScorerFailure
from gateway.ledger.documents import to_transaction
from gateway.ledger.ledger import Ledger
from gateway.scoring.circuit import CircuitState
from gateway.scoring.scorer import Scorer

_log = structlog.get_logger()
_BATCH_MAX = 500  # the brain's own limit for one call
_QUEUE_MAX = 10_000  # past it the sweep takes over: the flag is already on the record
_SWEEP_S = 5.0
_SWEEP_AGE = timedelta(seconds=10)  # younger ones are still in some gateway's memory
_PAUSE_S = 0.5  # after a brain or a ledger that did not answer
# History may be this late: the brain overlays what it scored itself. One update rewrites a whole history, so payments
# of one user or merchant should come together: at 20 ms a few busy merchants kept mongod at 100 % of a core.
_GATHER_S = 0.25


class Observer:
    """Empties the outbox in the background. `start` and `close` belong to the gateway's lifespan."""

    def __init__(self, scorer: Scorer, ledger: Ledger) -> None:
        self._scorer = scorer
        self._ledger = ledger
        self._queue: deque[Transaction] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, with whatever earlier runs left behind."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop. What is not delivered yet is flagged in the ledger."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def recorded(self, transaction: Transaction) -> None:
        """A verdict for it was just recorded."""
        if len(self._queue) < _QUEUE_MAX:
            self._queue.append(transaction)
            self._wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_sweep_s = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(next_sweep_s):
                    await self._wake.wait()
            await asyncio.sleep(_GATHER_S)
            self._wake.clear()
            try:
                if self._scorer.circuit.state is not CircuitState.CLOSED or not self._scorer.is_reachable:
                    await asyncio.sleep(_PAUSE_S)
                    continue
                await self._deliver_queued()
                if loop.time() >= next_sweep_s:
                    next_sweep_s = loop.time() + _SWEEP_S  # also when it fails: not one failure after the other
                    if await self._deliver_left_behind():
                        next_sweep_s = loop.time()
            except (ScorerFailure, LedgerFailure) as failure:
                _log.warning("observe.failed", error=type(failure).__name__)
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                _log.exception("observe.crashed")
                await asyncio.sleep(_PAUSE_S)
            if self._queue:
                self._wake.set()

    async def _deliver_queued(self) -> None:
        """What waits now, and no more: under steady traffic "until it is empty" would never come to the sweep."""
        waiting = len(self._queue)
        while waiting > 0:
            batch = [self._queue.popleft() for _ in range(min(_BATCH_MAX, waiting))]
            waiting -= len(batch)
            try:
                await self._deliver(batch)
            except (ScorerFailure, LedgerFailure):
                if len(self._queue) + len(batch) <= _QUEUE_MAX:  # past it the sweep finds them by their flag
                    self._queue.extendleft(reversed(batch))
                raise

    async def _deliver_left_behind(self) -> bool:
        """One batch: a long backlog must not hold up what comes now. True when there is more of it."""
        documents = await self._ledger.find_unobserved(older_than=_SWEEP_AGE, limit=_BATCH_MAX)
        readable: list[Transaction] = []
        unreadable: list[str] = []
        for document in documents:
            try:
                readable.append(to_transaction(document))
            except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
                # out of the outbox, or it would head every sweep for ever; the record itself stays as it is
                unreadable.append(document["transaction_id"])
                _log.error("observe.unreadable", transaction_id=unreadable[-1], error=type(error).__name__)
        if unreadable:
            await self._ledger.mark_observed(unreadable)
        if readable:
            await self._deliver(readable)
            _log.info("observe.caught_up", transactions=len(readable))
        return len(documents) == _BATCH_MAX

    async def _deliver(self, batch: list[Transaction]) -> None:
        await self._scorer.observe(batch)
        await self._ledger.mark_observed([transaction.transaction_id for transaction in batch])
