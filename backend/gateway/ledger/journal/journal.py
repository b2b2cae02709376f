"""The local journal as the ledger uses it: takes verdicts that the ledger cannot, and remembers ids for a while."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from gateway.background import Background
from gateway.errors import JournalFull, JournalUnavailable
from gateway.ledger.journal.salvage import open_soundly
from gateway.ledger.journal.store import Counts, Row, Store, free_bytes
from gateway.ledger.journal.writer import WriterThread

_log = structlog.get_logger()
_HOUSEKEEPING_S = 1.0
_PUT_S = 0.5  # a commit takes about a millisecond; a checkout waits for no disk that stands still
_FORGET_AT_ONCE = 2_000  # rows in one transaction: a write never waits behind more
_POISON_SHOWN_MAX = 20
_NOTHING = Counts(pending=0, poison=0, remembered=0, oldest_pending_ms=None)


class Journal:
    """
    Verdicts on this machine's disk. `start` and `close` belong to the gateway's lifespan.

    Args:
        directory: Of this gateway; its workers share it.
        records_max: Verdicts that may wait for the ledger.
        free_min_bytes: What must stay free on the disk: past it nothing is taken, long before SQLite would fail.
        memory_s: How long what the ledger has got is still known here by its id.
        remembered_max: How many of those at most.
    """

    def __init__(
        self, directory: Path, *, records_max: int, free_min_bytes: int, memory_s: float, remembered_max: int
    ) -> None:
        self.counts = _NOTHING
        self.is_available = False
        self._directory = directory
        self._records_max = records_max
        self._free_min_bytes = free_min_bytes
        self._memory_s = memory_s
        self._remembered_max = remembered_max
        self._writer = WriterThread(self._open)
        self._openings = 0  # of the file by the writer: the second one may have put another in its place
        self._reader: Store | None = None
        self._reader_opening = 0
        self._housekeeping = Background(self._keep_house)

    async def start(self) -> None:
        """Open the file, and save what can be read of a damaged one. A disk that refuses stops nothing else."""
        self._writer.start()
        await self.look()
        self._housekeeping.start()

    async def close(self) -> None:
        """Finish what is being written."""
        await self._housekeeping.stop()
        if self._reader is not None:
            self._reader.close()
        await self._writer.close()

    @property
    def free_bytes(self) -> int:
        """What may still be written on its disk."""
        try:
            return free_bytes(self._directory)
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

        Returns:
            The row that stands: the first one.

        Raises:
            JournalFull: the disk is nearly full, or as many verdicts wait as may. Nothing was kept.
            JournalUnavailable: the disk does not take it. Nothing was kept.
        """
        if self.counts.pending >= self._records_max:
            raise JournalFull(f"The ledger is away and {self._records_max} verdicts wait for it already.")
        if self.free_bytes < self._free_min_bytes:
            raise JournalFull("The ledger is away and the disk of the local journal is nearly full.")
        try:
            async with asyncio.timeout(_PUT_S):
                return await self._writer.do(lambda store: store.put(transaction_id, digest, document))
        except TimeoutError:  # it may be kept yet, and then the same request again finds it
            raise JournalUnavailable("The disk of the local journal did not answer. Send it again.") from None

    def recall(self, transaction_id: str) -> Row | None:
        """
        The verdict kept for this id, pending or remembered. A look into the page cache, some microseconds.

        A journal that cannot be read knows nothing; that is logged.
        """
        if self._reader is None:
            return None
        try:
            row = self._reader.find(transaction_id)
        except sqlite3.Error:
            _log.exception("journal.read_failed")
            return None
        return row if row is not None and row.is_whole else None

    async def pending(self, limit: int) -> list[Row]:
        """What the ledger does not have yet, oldest first. Raises JournalUnavailable."""
        return await self._writer.do(lambda store: store.pending(limit))

    async def mark_sent(self, rows: Sequence[Row]) -> None:
        """The ledger has these. Raises JournalUnavailable: then they are sent again, which is safe."""
        await self._writer.do(lambda store: store.mark_sent([row.seq for row in rows]))

    async def set_aside(self, row: Row, why: str) -> None:
        """The ledger will never take this one: keep it for people. Raises JournalUnavailable."""
        await self._writer.do(lambda store: store.set_aside(row.seq, why))

    async def poison(self) -> list[tuple[str, str]]:
        """Ids that were set aside, and why. Raises JournalUnavailable."""
        return await self._writer.do(lambda store: store.poison(_POISON_SHOWN_MAX))

    async def look(self) -> None:
        """Bring `counts` and `is_available` up to date; done each second anyway. Never raises."""
        try:
            self.counts = await self._writer.do(self._forget_and_count)
            if self._reader is None or self._reader_opening != self._openings:
                opening, reader = self._openings, await asyncio.to_thread(Store, self._directory)
                if self._reader is not None:
                    self._reader.close()
                self._reader, self._reader_opening = reader, opening
        except (JournalUnavailable, sqlite3.Error, OSError) as error:
            if self.is_available:
                _log.error("journal.unavailable", error=type(error).__name__)
            self.is_available = False
        else:
            self.is_available = True

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_S)
            await self.look()

    def _open(self) -> Store:
        store = open_soundly(self._directory)
        self._openings += 1
        return store

    def _forget_and_count(self, store: Store) -> Counts:
        store.forget(
            sent_before_ms=round((time.time() - self._memory_s) * 1000),
            remembered_max=self._remembered_max,
            limit=_FORGET_AT_ONCE,
        )
        return store.counts()
