"""
Group commit: one bulk write for what queued while the last one was in flight, every caller awaiting its own result.

No timer, so a lone verdict waits for nobody. A place in flight is free again when the budget is spent, whatever
the server does: one hung write stalls nobody.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Generic, TypeVar

from gateway.errors import LedgerFailure, LedgerOverloaded, LedgerUnconfirmed
from gateway.kit.delay_queue import DelayQueue

UNCONFIRMED = (
    "The ledger did not confirm the record. Send the same transaction again: "
    "if the first record was made after all, its verdict is replayed."
)


class Written(Enum):
    """What became of one document."""

    INSERTED = auto()
    DUPLICATE = auto()  # this transaction_id already has a verdict


# Inserts a batch; what is not in the answer was inserted. Raises LedgerFailure when the whole batch failed.
Document = TypeVar("Document")
InsertBatch = Callable[[Sequence[Document]], Awaitable[Mapping[int, Written | LedgerFailure]]]
_Waiting = tuple[Document, "asyncio.Future[Written]"]


class GroupCommitWriter(Generic[Document]):
    """
    Turns single inserts into few large ones.

    Args:
        insert: Does one batch.
        budget_s: How long a caller waits for its acknowledgement, queueing included.
        queue_max: Documents that may wait.
        batch_max: Documents in one write.
        in_flight_max: Writes at a time.
    """

    def __init__(
        self, insert: InsertBatch[Document], *, budget_s: float, queue_max: int, batch_max: int, in_flight_max: int
    ) -> None:
        self._insert = insert
        self._budget_s = budget_s
        self._queue_max = queue_max
        self._batch_max = batch_max
        self._in_flight_max = in_flight_max
        self._queue: deque[_Waiting[Document]] = deque()
        self._deadlines = DelayQueue[asyncio.Future[Written]](budget_s, _give_up)
        self._in_flight = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, document: Document) -> Written:
        """
        Write one document durably.

        Raises:
            LedgerOverloaded: queue_max documents are waiting; this one was not taken.
            LedgerUnconfirmed: not acknowledged within the budget; it may still be written later.
            LedgerFailure: what `insert` said of it.
        """
        if len(self._queue) >= self._queue_max:
            raise LedgerOverloaded("Too many verdicts are waiting to be recorded. Send the transaction again.")
        waiting: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._queue.append((document, waiting))
        self._deadlines.add(waiting)
        self._begin()
        return await waiting

    async def close(self) -> None:
        """Wait for what is queued and in flight."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self) -> None:
        while self._queue and self._in_flight < self._in_flight_max:
            batch: list[_Waiting[Document]] = []
            while self._queue and len(batch) < self._batch_max:
                entry = self._queue.popleft()
                if not entry[1].done():  # whose caller gave up is not written behind its back
                    batch.append(entry)
            if batch:
                self._in_flight += 1
                task = asyncio.create_task(self._commit(batch))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _commit(self, batch: list[_Waiting[Document]]) -> None:
        try:
            async with asyncio.timeout(self._budget_s):
                results = await self._insert([document for document, _ in batch])
            for index, (_, waiting) in enumerate(batch):
                _settle(waiting, results.get(index, Written.INSERTED))
        except TimeoutError:
            _settle_all(batch, LedgerUnconfirmed(UNCONFIRMED))
        except LedgerFailure as failure:
            _settle_all(batch, failure)
        finally:
            _settle_all(
                batch, LedgerUnconfirmed(UNCONFIRMED)
            )  # reached with callers waiting only when `insert` broke its promise
            self._in_flight -= 1
            self._begin()


def _give_up(waiting: "asyncio.Future[Written]", _due_s: float) -> None:
    waiting.set_exception(LedgerUnconfirmed(UNCONFIRMED))


def _settle_all(batch: Sequence[_Waiting[Document]], failure: LedgerFailure) -> None:
    for _, waiting in batch:
        _settle(waiting, failure)


def _settle(waiting: "asyncio.Future[Written]", result: Written | LedgerFailure) -> None:
    if waiting.done():
        return
    if isinstance(result, LedgerFailure):
        waiting.set_exception(type(result)(result.detail))  # an exception of its own: tracebacks do not mix
    else:
        waiting.set_result(result)
