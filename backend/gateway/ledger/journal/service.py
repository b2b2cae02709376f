"""The local journal as the ledger uses it: takes verdicts that the ledger cannot, and remembers ids for a while."""

import asyncio
import hashlib
import socket
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import structlog

from gateway.errors import JournalFailure, JournalFull, JournalUnavailable, JournalUnconfirmed
from gateway.kit.delay_queue import DelayQueue
from gateway.kit.periodic import Periodic
from gateway.kit.sqlite import Damaged, is_damage
from gateway.kit.sqlite_writer import WriterThread
from gateway.ledger.journal.file import UNCONFIRMED, UNREADABLE, JournalFile, journal_failure
from gateway.ledger.journal.pages import PAGE_BYTES
from gateway.ledger.journal.reader import Reader
from gateway.ledger.journal.rows import Counts, Row, Verdict
from gateway.ledger.journal.salvage import open_journal
from gateway.ledger.journal.store import Store, free_bytes
from gateway.ledger.journal.tally import NONE_LOST, Loss, Lost
from observability.seldom import Seldom

_log = structlog.get_logger()
_HOUSEKEEPING_S = 1.0
# a commit takes about a millisecond, and on a machine with ten times too much to do some hundred: a checkout waits for
# no disk that stands still, but load alone must not look like one
_STANDSTILL_S = 1.0
_PUT_S = 5.0  # nor longer than this for one that is slow: nobody waits so long for a checkout
_LOOK_S = 0.5  # who asks for the counts gets the last ones then
_START_S = 30.0  # salvage takes some seconds for each 100 MB; past it the gateway serves without the journal
_WRITES_IN_FLIGHT_MAX = 2  # one on the disk, one that is ready when it is done
_PUT_AT_ONCE = 256  # verdicts in one write: 10 ms of a core
_FORGET_AT_ONCE = 2_000  # rows in one transaction: a write never waits behind more
_FORGET_ABOVE = 7 / 8  # of the bytes that the file may take: the memory of ids makes room before verdicts are refused
_POISON_SHOWN_MAX = 20
_NOTHING = Counts(pending=0, poison=0, remembered=0, oldest_pending_ms=None)


class Journal:
    """
    Verdicts on this machine's disk. `start` and `close` belong to the gateway's lifespan.

    Args:
        directory: Of this gateway alone.
        records_max: Verdicts that may wait for the ledger.
        bytes_max: What they and the memory of ids may take on the disk.
        free_min_bytes: What must stay free on the disk: past it nothing is taken, long before SQLite would fail.
        memory_s: How long what the ledger has got is still known here by its id.
        remembered_max: How many of those at most.
        on_lost: Told of verdicts that were acknowledged and are lost, those of one discovery together; those that are
            on record since before are told again after a start.

    Attributes:
        lost: What is on record as lost, until people move that file away.
        may_have: Whether `find` has to ask the file for an id.
    """

    def __init__(
        self,
        directory: Path,
        *,
        records_max: int,
        free_min_bytes: int,
        memory_s: float,
        remembered_max: int,
        bytes_max: int = 2**31,
        on_lost: Callable[[Sequence[Loss]], None] = lambda _losses: None,
    ) -> None:
        self.counts = _NOTHING
        self.lost = NONE_LOST
        self.is_available = False
        self.directory = directory
        self._records_max = records_max
        self._bytes_max = bytes_max
        self._free_min_bytes = free_min_bytes
        self._memory_s = memory_s
        self._remembered_max = remembered_max
        self._on_lost = on_lost
        self._reported = 0  # of the losses
        self._writer: WriterThread[JournalFile] = WriterThread(
            self._open, name="journal", failure=journal_failure, replace=self._open
        )
        self._in_hand: tuple[Row, ...] = ()  # on their way to the ledger: what a damaged file has lost of them is here
        self._file: Path | None = None  # that the writer uses: of a damaged one the successor has another name
        self._standstill = DelayQueue[asyncio.Future[Row]](_STANDSTILL_S, self._look_for_progress)
        self._too_slow = DelayQueue[asyncio.Future[Row]](_PUT_S, _give_up)
        self._reader = Reader("journal")
        self.may_have = self._reader.may_have
        self._puts: deque[tuple[Verdict, asyncio.Future[Row]]] = deque()
        self._putting: set[asyncio.Task[None]] = set()
        self._put_since_look = self._put_bytes_since_look = 0
        self._looking: asyncio.Task[None] | None = None
        self._housekeeping = Periodic("journal", self.look, every_s=_HOUSEKEEPING_S)
        self._is_suspect = False
        self._complaints = Seldom()

    async def start(self) -> None:
        """Open the file, and save what can be read of a damaged one. A disk that refuses stops nothing else."""
        self._writer.start()
        await self.look(within_s=_START_S)
        await self._housekeeping.start()

    async def close(self) -> None:
        """Finish what is being written."""
        await self._housekeeping.close()
        if unfinished := [*self._putting, *([self._looking] if self._looking is not None else [])]:
            await asyncio.wait(unfinished, timeout=_PUT_S)
        await self._reader.close()
        await self._writer.close()

    @property
    def name(self) -> str:
        """The same after a restart, and no other journal's."""
        place = f"{socket.gethostname()}:{self.directory.resolve()}"
        return hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()[:16]

    @property
    def free_bytes(self) -> int:
        """What may still be written on its disk."""
        try:
            return free_bytes(self.directory)
        except OSError:
            return 0

    @property
    def oldest_pending_s(self) -> float | None:
        """Age of the oldest verdict that waits; None when none does."""
        oldest_ms = self.counts.oldest_pending_ms
        return None if oldest_ms is None else max(0.0, time.time() - oldest_ms / 1000)

    async def put(self, transaction_id: str, digest: bytes, document: bytes) -> Row:
        """
        Keep a verdict durably, unless there is one for this id.

        All that comes while writes are on their way is the next one, so that load makes writes larger and not more.

        Returns:
            The row that stands: the first one.

        Raises:
            JournalFull: the disk is nearly full, or as many verdicts wait as may. Nothing was kept.
            JournalUnavailable: the disk does not take it. Nothing was kept.
            JournalUnconfirmed: the disk stands still, or somebody has locked the file. It may be kept yet.
        """
        self._check_room()
        self._put_since_look += 1
        self._put_bytes_since_look += (len(document) // PAGE_BYTES + 1) * PAGE_BYTES
        stored: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        self._puts.append(((transaction_id, digest, document), stored))
        if len(self._putting) < _WRITES_IN_FLIGHT_MAX:
            task = asyncio.create_task(self._put_all())
            self._putting.add(task)
            task.add_done_callback(self._putting.discard)
        self._standstill.add(stored)
        self._too_slow.add(stored)
        return await stored

    def _look_for_progress(self, stored: asyncio.Future[Row], due_s: float) -> None:
        """A disk that is slow is waited for as long as it goes on."""
        if time.monotonic() - self._writer.progressed_at_s >= _STANDSTILL_S:
            _give_up(stored, due_s)
        else:
            self._standstill.add(stored)

    def _check_room(self) -> None:
        if self.counts.pending + self._put_since_look >= self._records_max:
            raise JournalFull(f"The ledger is away and {self._records_max} verdicts wait for it already.")
        if self.counts.used_bytes + self._put_bytes_since_look >= self._bytes_max:
            raise JournalFull("The ledger is away and what waits for it takes all the room that it may take.")

    async def _put_all(self) -> None:
        while self._puts:
            batch = [self._puts.popleft() for _ in range(min(_PUT_AT_ONCE, len(self._puts)))]
            verdicts = [verdict for verdict, _ in batch]
            try:
                if self.free_bytes < self._free_min_bytes:
                    raise JournalFull("The ledger is away and the disk of the local journal is nearly full.")
                rows = await self._writer.do(lambda file, verdicts=verdicts: file.put_all(verdicts))  # type: ignore[misc]
            except JournalFailure as failure:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(type(failure)(failure.detail))  # its own: tracebacks do not mix
            else:
                self._reader.add(row.transaction_id for row in rows)
                for (_, stored), row in zip(batch, rows, strict=True):
                    if not stored.done():  # whoever waited may be gone
                        stored.set_result(row)

    async def find(self, transaction_id: str) -> Row | None:
        """
        The verdict kept for this id, pending or remembered; of an id that is not here it is known in memory.

        Raises:
            JournalUnavailable: one may be kept, and it cannot be read now. That is logged.
        """
        try:
            return await self._reader.find(transaction_id)
        except (sqlite3.Error, TimeoutError) as error:
            self._is_suspect |= is_damage(error)  # the next look puts another in its place
            if times := self._complaints.happened():
                _log.exception("journal.read_failed", times=times)
            raise JournalUnavailable(UNREADABLE) from None

    async def pending(self, limit: int) -> list[Row]:
        """What the ledger does not have yet, oldest first. Raises JournalFailure."""
        rows = await self._writer.do(lambda file: file.pending(limit))
        self._in_hand = tuple(rows)
        return rows

    async def mark_sent(self, rows: Sequence[Row]) -> None:
        """The ledger has these. Raises JournalFailure: then they are sent again, which is safe."""
        await self._writer.do(lambda file: file.mark_sent(rows))
        self._in_hand = ()

    async def set_aside(self, row: Row, why: str) -> None:
        """The ledger will never take this one: keep it for people. Raises JournalFailure."""
        await self._writer.do(lambda file: file.set_aside(row, why))

    async def poison(self) -> list[tuple[str, str]]:
        """Ids that were set aside, and why. Raises JournalFailure."""
        return await self._writer.do(lambda file: file.poison(_POISON_SHOWN_MAX))

    async def look(self, *, within_s: float = _LOOK_S) -> None:
        """Bring counts and availability up to date, if the disk lets us in so much time; done each second anyway."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait([self._looking], timeout=within_s)

    async def _look(self) -> None:
        try:
            self._put_since_look = self._put_bytes_since_look = 0
            self.counts, losses, forgotten = await self._writer.do(self._forget_and_count)
            self._reader.discard(forgotten)
            if self._file is not None and self._reader.path != self._file:
                await self._reader.open(partial(Store, self.directory, self._file.name))
        except (JournalFailure, sqlite3.Error, OSError) as error:
            self._is_suspect |= is_damage(error)
            if self.is_available:
                _log.error("journal.unavailable", error=type(error).__name__)
            self.is_available = False
        else:
            self.is_available = True
            self._report(losses)

    def _report(self, losses: Sequence[Loss]) -> None:
        self.lost = Lost.of(losses)
        self._reported = min(self._reported, len(losses))  # people have taken note of some
        for _, found in groupby(losses[self._reported :], key=lambda loss: loss.found_at):
            self._on_lost(list(found))
        self._reported = len(losses)

    def _open(self, old: JournalFile | None = None) -> JournalFile:
        file = open_journal(self.directory, old, in_hand=self._in_hand, bytes_max=self._bytes_max)
        self._file = file.store.path
        return file

    def _forget_and_count(self, file: JournalFile) -> tuple[Counts, tuple[Loss, ...], list[str]]:
        if self._is_suspect:
            self._is_suspect = False
            raise Damaged("it could not be read")
        counts, forgotten = file.keep_house(
            memory_s=self._memory_s,
            remembered_max=self._remembered_max,
            bytes_max=round(self._bytes_max * _FORGET_ABOVE),
            limit=_FORGET_AT_ONCE,
        )
        return counts, file.losses.all(), forgotten


def _give_up(stored: asyncio.Future[Row], _due_s: float) -> None:
    stored.set_exception(JournalUnconfirmed(UNCONFIRMED))
