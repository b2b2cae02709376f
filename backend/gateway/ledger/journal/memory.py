"""
The memory of what this gateway sent to the ledger, for retries that come while the ledger is away.

Beside the journal, in a file that is not synced: it outlives a kill -9 of the gateway. A batch is noted before it is
sent, and again what of it stands: MongoDB may have a record whose reply nobody ever got, and the retry must repeat that
very record, not make another one.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Container, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from gateway.errors import JournalFailure, JournalUnavailable
from gateway.kit.delay_queue import DelayQueue
from gateway.kit.periodic import Periodic
from gateway.kit.sqlite import is_damage, remove
from gateway.kit.sqlite_batches import ALL, BatchFile, BatchIndex
from gateway.kit.sqlite_writer import WriterThread
from gateway.ledger.journal.file import UNREADABLE, journal_failure
from gateway.ledger.journal.rows import Row, Verdict

_log = structlog.get_logger()
FILE = "sent.db"
OLD_FILE = "memory.db"  # of version 0.2.0, a row a verdict
_QUEUE_MAX = 10_000  # past it the oldest are not noted as recorded; what was noted of them before stays
_NOTING_MAX = 10_000  # rows that wait for the disk: about 15 MB; past it batches are sent without a note
_TRIM_EVERY = 2_000  # rows
_TRIM_EVERY_SHARE = 1 / 16  # of the bytes
_OPEN_S = 0.5
_INTEND_S = 0.03  # of the ledger's budget; a disk that stands still must not take all of it
_PAUSE_S = 0.1  # a commit costs about 0.2 ms of a core: so marks of many batches are one


class SentMemory:
    """
    The newest verdicts by id. `start` and `close` belong to the gateway's lifespan.

    Args:
        directory: Of the journal.
        rows_max: Verdicts that are kept.
        bytes_max: What they may take on the disk.

    Attributes:
        may_have: Whether `find` has to ask the file for an id.
    """

    def __init__(self, directory: Path, *, rows_max: int, bytes_max: int = 2**30) -> None:
        self._directory = directory
        self._rows_max = rows_max
        self._bytes_max = bytes_max
        self._seq = 0
        self._marks: deque[tuple[int, int]] = deque(maxlen=_QUEUE_MAX)
        self._recorded: deque[tuple[int, Verdict]] = deque(maxlen=_QUEUE_MAX)
        self._grown_rows = self._grown_bytes = 0  # since the oldest were last dropped
        self._noting = 0  # rows that are about to be noted
        self._patience = DelayQueue[asyncio.Future[None]](_INTEND_S, _go_on)
        self._written: BatchFile | None = None  # by the writer
        self._read: BatchFile | None = None  # what was written when the index was opened beside it
        self._writer = WriterThread(self._open, name="memory", failure=journal_failure, is_atomic=False)
        self._index = BatchIndex("memory", keys_max=rows_max + _TRIM_EVERY)
        self.may_have = self._index.may_have
        self._writing = Periodic("memory", self._write_marks, every_s=_PAUSE_S)

    async def start(self) -> None:
        """Open the file. A disk that refuses costs the memory and nothing else."""
        self._writer.start()
        with contextlib.suppress(JournalFailure, TimeoutError):  # the former said by the writer's log
            async with asyncio.timeout(_OPEN_S):  # whoever has locked the file may have it for long
                await self._writer.do(lambda _file: None)
        await self._look()  # the first request may be the retry of an earlier run's
        await self._writing.start()

    async def close(self) -> None:
        """Write what is queued."""
        await self._writing.close()
        with contextlib.suppress(JournalFailure):
            await self._flush()
        await self._index.close()
        await self._writer.close()

    async def intend(self, verdicts: Sequence[Verdict]) -> int:
        """
        Note a batch before it is sent. Survives kill -9; gives up after 30 ms, or where too many notes wait.

        Returns:
            The batch's number, for `stood`.
        """
        seq = self._next_seq()
        self._index.add(seq, (transaction_id for transaction_id, _, _ in verdicts))
        if self._noting < _NOTING_MAX:
            self._noting += len(verdicts)
            noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._patience.add(noted)
            self._writer.post(lambda file: self._put(file, seq, verdicts), partial(self._noted, noted, len(verdicts)))
            await noted
        return seq

    def stood(self, batch: int, places: Sequence[int], *, of: int) -> None:
        """
        The ledger has these of a batch. Written soon, behind the reply. A kill before that costs nothing but the time
        of a retry: it is sent again, and the ledger says that it has it.

        Args:
            places: In the batch.
            of: How many the batch has.
        """
        self._marks.extend([(batch, ALL)] if len(places) == of else [(batch, place) for place in places])

    def stands(self, verdict: Verdict) -> None:
        """The ledger has this one, whoever sent it, whatever is noted under its id. Written soon."""
        seq = self._next_seq()
        self._index.add(seq, verdict[:1], wins=True)
        self._recorded.append((seq, verdict))

    async def find(self, transaction_id: str) -> Row | None:
        """
        What was last noted of this id; `is_sent` when it is known to stand. Of others it is known in memory.

        A file that SQLite refuses knows nothing; that is logged.

        Raises:
            JournalUnavailable: it may have been sent, and the disk does not say so in time.
        """
        try:
            found = await self._index.find(transaction_id)
        except TimeoutError:
            raise JournalUnavailable(UNREADABLE) from None
        except sqlite3.Error:
            _log.exception("memory.read_failed")
            return None
        if found is None:
            return None
        (digest, document), is_sent = found
        return Row(0, transaction_id, digest, document, is_sent, is_whole=True, written_ms=0)

    def _next_seq(self) -> int:
        """Higher than those of earlier runs: by the clock, and past all that is in the file where that was set back."""
        self._seq = max(self._seq + 1, self._index.newest + 1, time.time_ns() // 1_000)
        return self._seq

    def _noted(self, noted: "asyncio.Future[None]", rows: int, _result: Any, _failure: Exception | None) -> None:
        """A failure was said by the writer's log."""
        self._noting -= rows
        _go_on(noted)

    async def _write_marks(self) -> None:
        if self._marks or self._recorded:
            await self._look()

    async def _look(self) -> None:
        try:
            await self._flush()
            if not self._index.is_open or self._read is not self._written:  # another took the place of a damaged one
                written = self._written
                await self._index.open(lambda: BatchFile(self._directory / FILE))
                self._read = written
        except (JournalFailure, sqlite3.Error, OSError) as error:
            _log.warning("memory.unavailable", error=type(error).__name__)

    async def _flush(self) -> None:
        marks, recorded = list(self._marks), list(self._recorded)
        self._marks.clear()
        self._recorded.clear()
        if marks or recorded:
            await self._writer.do(lambda file: _note(file, marks, recorded))

    def _put(self, file: BatchFile, seq: int, verdicts: Sequence[Verdict]) -> None:
        """One statement is a transaction by itself. After each the thread waits for its turn in a busy process."""
        file.put(seq, [(transaction_id, (digest, document)) for transaction_id, digest, document in verdicts])
        self._grown_rows += len(verdicts)
        self._grown_bytes += sum(len(document) for _, _, document in verdicts)
        if self._grown_rows >= _TRIM_EVERY or self._grown_bytes >= self._bytes_max * _TRIM_EVERY_SHARE:
            self._grown_rows = self._grown_bytes = 0
            file.trim(self._rows_max, bytes_max=round(self._bytes_max * (1 - _TRIM_EVERY_SHARE)))

    def _open(self) -> BatchFile:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove(self._directory / OLD_FILE)
        path = self._directory / FILE
        try:
            self._written = _sound(path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            remove(path)  # a power cut may have damaged it: nothing in it was promised
            self._written = BatchFile(path)
        return self._written


def forget(directory: Path, transaction_ids: Sequence[str]) -> None:
    """
    Drop what is remembered of these, beside a gateway that uses the file.

    Raises:
        OSError, sqlite3.Error: some may be dropped, the rest is not.
    """
    remove(directory / OLD_FILE)
    if (directory / FILE).exists():
        with contextlib.closing(BatchFile(directory / FILE)) as file:
            file.drop(transaction_ids)


def recall(directory: Path, transaction_ids: Container[str]) -> dict[str, Verdict]:
    """Read what was last noted of these, by id, beside a gateway that uses the file. The rest is left out."""
    noted: dict[str, Verdict] = {}
    with contextlib.suppress(sqlite3.Error, OSError):
        if (directory / FILE).exists():
            with contextlib.closing(BatchFile(directory / FILE)) as file:
                for batch in file.batches():
                    for transaction_id in batch.keys:
                        if transaction_id in transaction_ids and (found := file.find(batch.seq, transaction_id)):
                            (digest, document), _ = found
                            noted[transaction_id] = transaction_id, digest, document
    return noted


def _go_on(noted: "asyncio.Future[None]", _due_s: float = 0.0) -> None:
    if not noted.done():
        noted.set_result(None)


def _note(file: BatchFile, marks: Sequence[tuple[int, int]], recorded: Sequence[tuple[int, Verdict]]) -> None:
    file.begin()
    for seq, (transaction_id, digest, document) in recorded:
        file.put(seq, [(transaction_id, (digest, document))], wins=True)
    file.mark([*marks, *((seq, ALL) for seq, _ in recorded)])
    file.commit()


def _sound(path: Path) -> BatchFile:
    """Raises sqlite3.Error: it is not what was written, or cannot be opened now."""
    file = BatchFile(path)
    try:
        for _ in file.batches():
            pass
    except BaseException:
        file.close()
        raise
    return file
