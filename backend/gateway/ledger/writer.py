"""
Group commit: one bulk write for what queued while the last one was in flight, every caller awaiting its own result.

A lone verdict waits for nobody. A crowd is shared out among the places in flight, so that gateway, brain and ledger
work side by side, and a few wait for the write that is under way: a write of its own costs as much as 15 records. A
place in flight is free again when the budget is spent, whatever the server does: one hung write stalls nobody.
"""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum, auto
from functools import cached_property
from typing import Generic, TypeVar

from gateway.errors import LedgerFailure, LedgerOverloaded, LedgerUnconfirmed
from gateway.kit.delay_queue import DelayQueue

_PART_MIN = 32  # records; a crowd is not cut into smaller parts
_SECOND_MIN = 16  # records that are worth a write while another is under way
_SECOND_S = 0.01  # so long fewer wait for its end: it takes 3 ms, and one that hangs must not hold them up
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
        self._is_beginning = False  # a place is taken, and its batch is not
        self._patience: asyncio.TimerHandle | None = None  # of few who wait for the end of a write
        self._tasks: set[asyncio.Task[None]] = set()

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def write(self, document: Document) -> "asyncio.Future[Written]":
        """
        Write one document durably. What is raised while it waits, the future raises.

        Raises:
            LedgerOverloaded: queue_max documents are waiting; this one was not taken.
            LedgerUnconfirmed: not acknowledged within the budget; it may still be written later.
            LedgerFailure: what `insert` said of it.
        """
        if len(self._queue) >= self._queue_max:
            raise LedgerOverloaded("Too many verdicts are waiting to be recorded. Send the transaction again.")
        waiting: asyncio.Future[Written] = self._loop.create_future()
        self._queue.append((document, waiting))
        self._deadlines.add(waiting)
        if not self._is_beginning:
            self._begin()
        return waiting

    async def close(self) -> None:
        """Wait for what is queued and in flight."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self) -> None:
        """Take a place in flight, if one is free and it is worth it; after `_SECOND_S` it always is."""
        if not self._can_begin:
            return
        if not self._in_flight or len(self._queue) >= _SECOND_MIN:
            self._begin_now()
        elif self._patience is None:
            self._patience = self._loop.call_later(_SECOND_S, self._begin_now)

    @property
    def _can_begin(self) -> bool:
        return bool(self._queue) and not self._is_beginning and self._in_flight < self._in_flight_max

    def _begin_now(self) -> None:
        """What queues until the event loop's next turn goes along."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if self._can_begin:
            self._is_beginning = True
            self._in_flight += 1
            task = asyncio.create_task(self._commit())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _take(self) -> list[_Waiting[Document]]:
        """A fair part of the queue: with all of it in one write, all callers would fall into step and wait together."""
        places = self._in_flight_max - self._in_flight + 1  # this one and those that are free
        size = min(self._batch_max, max(_PART_MIN, math.ceil(len(self._queue) / places)))
        batch: list[_Waiting[Document]] = []
        while self._queue and len(batch) < size:
            entry = self._queue.popleft()
            if not entry[1].done():  # whose caller gave up is not written behind its back
                batch.append(entry)
        return batch

    async def _commit(self) -> None:
        batch = self._take()
        self._is_beginning = False
        self._begin()
        try:
            if batch:
                async with asyncio.timeout(self._budget_s):
                    results = await self._insert([document for document, _ in batch])
                for index, (_, waiting) in enumerate(batch):
                    _settle(waiting, results.get(index, Written.INSERTED))
        except TimeoutError:
            _settle_all(batch, LedgerUnconfirmed(UNCONFIRMED))
        except LedgerFailure as failure:
            _settle_all(batch, failure)
        except BaseException:  # `insert` broke its promise
            _settle_all(batch, LedgerUnconfirmed(UNCONFIRMED))
            raise
        finally:
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
