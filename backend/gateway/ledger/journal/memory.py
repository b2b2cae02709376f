"""
The memory of what this gateway sent to the ledger, for retries that come while the ledger is away.

Beside the journal, in a file that is not synced: it outlives a kill -9 of the gateway. A verdict is noted before it
is sent and again when it stands: MongoDB may have a record whose reply nobody ever got, and the retry must repeat
that very record, not make another one.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import structlog

from gateway.errors import JournalFailure, JournalUnavailable
from gateway.kit.periodic import Periodic
from gateway.kit.sqlite import is_damage, remove
from gateway.kit.sqlite_writer import WriterThread
from gateway.ledger.journal.file import UNREADABLE, journal_failure
from gateway.ledger.journal.reader import Reader
from gateway.ledger.journal.rows import Row, Verdict
from gateway.ledger.journal.store import Store

_log = structlog.get_logger()
FILE = "memory.db"
_QUEUE_MAX = 10_000  # past it the oldest are not noted as recorded; what was noted of them before stays
_TRIM_EVERY = 2_000  # rows
_TRIM_EVERY_SHARE = 1 / 16  # of the bytes
_INTEND_S = 0.03  # of the ledger's budget; a disk that stands still must not take all of it
_PAUSE_S = 0.02  # a commit costs about 0.2 ms of a core: fifty a second are enough


class SentMemory:
    """
    The newest verdicts by id. `start` and `close` belong to the gateway's lifespan.

    Args:
        directory: Of the journal.
        rows_max: Verdicts that are kept.
        bytes_max: What they may take on the disk.
    """

    def __init__(self, directory: Path, *, rows_max: int, bytes_max: int = 2**30) -> None:
        self._directory = directory
        self._rows_max = rows_max
        self._bytes_max = bytes_max
        self._recorded: deque[Verdict] = deque(maxlen=_QUEUE_MAX)
        self._grown_rows = self._grown_bytes = 0  # since the oldest were last dropped
        self._writer = WriterThread(self._open, name="memory", failure=journal_failure)
        self._reader = Reader("memory", ids_max=rows_max + _TRIM_EVERY)
        self._writing = Periodic("memory", self._write_soon, every_s=None)

    async def start(self) -> None:
        """Open the file. A disk that refuses costs the memory and nothing else."""
        self._writer.start()
        await self._look()  # the first request may be the retry of an earlier run's
        await self._writing.start()

    async def close(self) -> None:
        """Write what is queued."""
        await self._writing.close()
        with contextlib.suppress(JournalFailure):
            await self._flush()
        await self._reader.close()
        await self._writer.close()

    async def intend(self, verdicts: Sequence[Verdict]) -> None:
        """These are about to be sent. Returns when a kill -9 cannot take the note away, or it cannot be made soon."""
        self._reader.add(transaction_id for transaction_id, _, _ in verdicts)
        with contextlib.suppress(JournalFailure, TimeoutError):  # the former said by the writer's log
            async with asyncio.timeout(_INTEND_S):
                await self._writer.do(lambda store: self._intend(store, verdicts))

    def stands(self, verdict: Verdict) -> None:
        """The ledger has this one. Written soon, behind the reply."""
        self._reader.add(verdict[:1])
        self._recorded.append(verdict)
        self._writing.wake()

    def may_have(self, transaction_id: str) -> bool:
        """Whether `find` has to ask the file."""
        return self._reader.may_have(transaction_id)

    async def find(self, transaction_id: str) -> Row | None:
        """
        What was last noted of this id; `is_sent` when it is known to stand. Of others it is known in memory.

        A file that SQLite refuses knows nothing; that is logged.

        Raises:
            JournalUnavailable: it may have been sent, and the disk does not say so in time.
        """
        try:
            return await self._reader.find(transaction_id)
        except TimeoutError:
            raise JournalUnavailable(UNREADABLE) from None
        except sqlite3.Error:
            _log.exception("memory.read_failed")
            return None

    async def _write_soon(self) -> None:
        await self._look()
        await asyncio.sleep(_PAUSE_S)

    async def _look(self) -> None:
        try:
            await self._flush()
            if self._reader.path is None:
                await self._reader.open(self._open)
        except (JournalFailure, sqlite3.Error, OSError) as error:
            _log.warning("memory.unavailable", error=type(error).__name__)

    async def _flush(self) -> None:
        verdicts = list(self._recorded)
        self._recorded.clear()
        if verdicts:
            await self._writer.do(lambda store: store.remember(verdicts))

    def _intend(self, store: Store, verdicts: Sequence[Verdict]) -> None:
        store.intend(verdicts)
        self._grown_rows += len(verdicts)
        self._grown_bytes += sum(len(document) for _, _, document in verdicts)
        if self._grown_rows >= _TRIM_EVERY or self._grown_bytes >= self._bytes_max * _TRIM_EVERY_SHARE:
            self._grown_rows = self._grown_bytes = 0
            store.trim(self._rows_max, bytes_max=round(self._bytes_max * (1 - _TRIM_EVERY_SHARE)))

    def _open(self) -> Store:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return Store(self._directory, FILE, is_durable=False)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            remove(self._directory / FILE)  # a power cut may have damaged it: nothing in it was promised
            return Store(self._directory, FILE, is_durable=False)
