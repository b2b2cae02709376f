"""
The memory of verdicts that went straight to the ledger, for retries that come while the ledger is away.

Beside the journal, in a file that is not synced: it outlives a kill -9 of the gateway, which would otherwise answer the
retry of an acknowledged id anew. It is written behind the reply, a few milliseconds later.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from pathlib import Path

import structlog

from gateway.errors import JournalUnavailable
from gateway.ledger.journal.store import Row, Store
from gateway.ledger.journal.writer import WriterThread

_log = structlog.get_logger()
_FILE = "memory.db"
_QUEUE_MAX = 10_000  # past it the oldest are not remembered: they are in the ledger all the same
_FORGET_AT_ONCE = 2_000  # rows
_PAUSE_S = 0.01  # a commit costs about 0.2 ms of a core: a hundred a second are enough


class CommittedMemory:
    """
    The newest verdicts by id. `start` and `close` belong to the gateway's lifespan.

    Args:
        directory: Of the journal.
        remembered_max: Verdicts that are kept.
    """

    def __init__(self, directory: Path, *, remembered_max: int) -> None:
        self._directory = directory
        self._remembered_max = remembered_max
        self._queue: deque[tuple[str, bytes, bytes]] = deque(maxlen=_QUEUE_MAX)
        self._grown = 0  # rows since the oldest were last dropped
        self._wake = asyncio.Event()
        self._writer = WriterThread(self._open)
        self._reader: Store | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the file. A disk that refuses costs the memory and nothing else."""
        self._writer.start()
        await self._look()  # the first request may be the retry of an earlier run's
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Write what is queued."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(JournalUnavailable):
            await self._flush()
        if self._reader is not None:
            self._reader.close()
        await self._writer.close()

    def add(self, transaction_id: str, digest: bytes, document: bytes) -> None:
        """The ledger has this one."""
        self._queue.append((transaction_id, digest, document))
        self._wake.set()

    def recall(self, transaction_id: str) -> Row | None:
        """The verdict of this id, if it is remembered."""
        if self._reader is None:
            return None
        try:
            row = self._reader.find(transaction_id)
        except sqlite3.Error:
            return None
        return row if row is not None and row.is_whole else None

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._look()
            await asyncio.sleep(_PAUSE_S)

    async def _look(self) -> None:
        try:
            await self._flush()
            if self._reader is None:
                self._reader = await asyncio.to_thread(self._open)
        except (JournalUnavailable, sqlite3.Error, OSError) as error:
            _log.warning("memory.unavailable", error=type(error).__name__)

    async def _flush(self) -> None:
        verdicts = list(self._queue)
        self._queue.clear()
        if verdicts:
            await self._writer.do(lambda store: self._remember(store, verdicts))

    def _remember(self, store: Store, verdicts: list[tuple[str, bytes, bytes]]) -> None:
        store.remember(verdicts)
        self._grown += len(verdicts)
        if self._grown >= _FORGET_AT_ONCE:  # to count them costs 3 ms
            self._grown = 0
            store.forget(sent_before_ms=0, remembered_max=self._remembered_max, limit=2 * _FORGET_AT_ONCE)

    def _open(self) -> Store:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return Store(self._directory, _FILE, is_durable=False)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # a power cut may have damaged it: nothing in it was promised
            for part in self._directory.glob(f"{_FILE}*"):
                part.unlink()
            return Store(self._directory, _FILE, is_durable=False)
