"""The ledger: every verdict that was acknowledged, once, for good; on MongoDB, or on its way there in the journal."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import bson
from msgspec.structs import replace

from gateway.alerting import RaiseAlert, nobody
from gateway.domain import LedgerStatus, RecordedVerdict, Transaction, Verdict
from gateway.errors import JournalUnavailable, LedgerFailure, LedgerUnavailable, LedgerUnreadable
from gateway.kit.circuit import Circuit, CircuitState
from gateway.ledger.client import open_database, reading
from gateway.ledger.conflicts import Conflicts
from gateway.ledger.documents import to_recorded
from gateway.ledger.draining import Drainer, hand_over
from gateway.ledger.encoding import EncodedRecord, to_document
from gateway.ledger.events import LedgerEvents
from gateway.ledger.health import LEDGER_ERRORS, LedgerHealth
from gateway.ledger.inserting import Inserter, MakeListener, Results
from gateway.ledger.journal.memory import SentMemory
from gateway.ledger.journal.service import Journal
from gateway.ledger.journal.tally import Loss
from gateway.ledger.kept import Found, found_of, record_of, recorded_of, status_of
from gateway.ledger.migrations import Preparation
from gateway.ledger.run import Run
from gateway.ledger.writer import GroupCommitWriter, Written
from gateway.serving.stopping import StopRequests
from gateway.settings import Settings
from money.currencies import load_rates
from records.account import account_key

# of the disk that it may take; the rest is for SQLite's logs, the tally, alerts and lists
_JOURNAL_SHARE, _MEMORY_SHARE = 5 / 8, 1 / 4


class Ledger:
    """Records verdicts and finds them again. `start` and `close` belong to the gateway's lifespan."""

    def __init__(
        self,
        settings: Settings,
        *,
        instance: str,
        chainer: MakeListener,
        raise_alert: RaiseAlert = nobody,
    ) -> None:
        """
        Args:
            instance: This gateway's name.
            chainer: Makes who hears of each commit, and writes the audit chain.
            raise_alert: Told of conflicts, poison, losses, and of a backlog that has reached MongoDB.

        Attributes:
            stop: Whether and since when the gateway is to end: so long it has for what waits.
        """
        self.database = open_database(settings)
        self.circuit = Circuit(
            LEDGER_ERRORS, fail_max=settings.ledger_circuit_fail_max, reset_s=settings.ledger_circuit_reset_s
        )
        self.health = LedgerHealth(self.circuit)
        self.is_ready = self.health.is_ready
        events = LedgerEvents(raise_alert, instance=instance)
        self.journal, self._memory = _on_disk(settings, on_lost=events.lost)
        self._transactions = self.database["transactions"]
        self._drain_s = settings.drain_s
        self.stop = StopRequests()
        self._budget_s = settings.ledger_budget_ms / 1000
        self._rates = load_rates(settings.reference_rates_file)
        self._run = Run()
        self.chainer = chainer(self.database, instance=instance, run=self._run)
        self._inserter = inserter = Inserter(self.database, self.circuit, run=self._run, listener=self.chainer)
        self._writer = GroupCommitWriter(
            self._insert,
            budget_s=self._budget_s,
            queue_max=settings.ledger_queue_max,
            batch_max=settings.ledger_batch_max,
            in_flight_max=settings.ledger_writes_in_flight_max,
        )
        self._drainer = Drainer(
            self.journal,
            self.circuit,
            insert=inserter.insert,
            ping=inserter.ping,
            contest=Conflicts(self.database, instance=instance, events=events).contest,
            events=events,
        )
        # the chainer before the first record: a sweep has to know of this run; the drainer not before the unique index
        self._preparation = Preparation(
            self.database, self.is_ready, before=self.chainer.start, after=self._drainer.start
        )

    async def start(self) -> None:
        """Prepare the database in the background: a gateway starts without a ledger."""
        await self.journal.start()
        await self._memory.start()
        await self._preparation.start()

    async def close(self) -> None:
        """Finish what is being written, bring what waits to MongoDB if it is there, then let go."""
        await self._writer.close()
        await hand_over(
            self.journal, within_s=self.stop.left_s(self._drain_s), is_urgent=self.stop.is_urgent
        )  # before preparing ends: a ledger that was never there may come yet
        await self._preparation.close()
        await self._drainer.close()
        self._inserter.close()
        await self.chainer.close()
        await self.journal.close()
        await self._memory.close()
        self.database.client.close()

    def may_know(self, transaction_id: str) -> bool:
        """Whether `find_known` has to look: of nearly every id it is known in memory that there is none."""
        return self.journal.may_have(transaction_id) or self._memory.may_have(transaction_id)

    async def find_known(self, transaction_id: str) -> RecordedVerdict | None:
        """
        The verdict that this gateway knows for this id: one that waits, or one that reached MongoDB lately.

        One that was sent, by a run that died or was not answered, is sent again: that very record, not another.
        One that this machine cannot read now is looked for in MongoDB. Raises like `record`.
        """
        try:
            return await self._find_here(transaction_id)
        except JournalUnavailable:  # known for certain, so it is not decided anew
            if (recorded := await self._find_soon(transaction_id)) is None:
                raise
            return recorded

    async def _find_here(self, transaction_id: str) -> RecordedVerdict | None:
        if (row := await self.journal.find(transaction_id)) is not None:
            return recorded_of(row)
        if (row := await self._memory.find(transaction_id)) is None:
            return None
        return recorded_of(row) if row.is_sent else await self._record(record_of(row), recorded_of(row))

    def record(self, transaction: Transaction, verdict: Verdict) -> Coroutine[Any, Any, RecordedVerdict]:
        """
        Write a verdict down, durably: on a majority of MongoDB, or in the journal when that is down or too slow.

        Of an id that `find_known` does not know: what it knows stands.

        Returns:
            The verdict that stands: this one, or the one that an earlier request with this id got.

        Raises:
            LedgerFailure: neither took it, and no verdict may be given.
        """
        record = to_document(transaction, verdict, self._rates)
        return self._record(record, RecordedVerdict(verdict, transaction.digest, replayed=False))

    async def _record(self, record: EncodedRecord, decided: RecordedVerdict) -> RecordedVerdict:
        if self.circuit.retry_after_s > 0:  # known beforehand, and thousands of times a second: no error to raise
            return await self._keep_here(record, decided)
        try:
            if not self.is_ready.is_set():
                await self._wait_until_ready()
            written = await self._writer.write(record)
        except LedgerFailure:
            return await self._keep_here(record, decided)
        if written is Written.INSERTED:
            is_said = decided.ledger_status is LedgerStatus.COMMITTED
            return decided if is_said else replace(decided, ledger_status=LedgerStatus.COMMITTED)
        recorded = await self._find_recorded(record.transaction_id)
        if recorded is None:
            raise LedgerUnavailable("The record that stands is not on a majority yet. Send the transaction again.")
        return recorded

    async def _keep_here(self, record: EncodedRecord, decided: RecordedVerdict) -> RecordedVerdict:
        row = await self.journal.put(record.transaction_id, record.digest, record.raw)
        # what was decided is what was encoded: it need not be decoded again, and a retry reads the same
        return replace(decided, ledger_status=status_of(row)) if row.document == record.raw else recorded_of(row)

    async def _insert(self, records: Sequence[EncodedRecord]) -> Results:
        if self.circuit.state is CircuitState.OPEN:
            return await self._inserter.insert(records)
        batch = await self._memory.intend([(one.transaction_id, one.digest, one.raw) for one in records])
        results = await self._inserter.insert(records)
        self._memory.stood(batch, [place for place in range(len(records)) if place not in results], of=len(records))
        return results

    async def _find_recorded(self, transaction_id: str) -> RecordedVerdict | None:
        async with reading():
            document = await self._transactions.find_one({**account_key(), "transaction_id": transaction_id})
        if document is None:
            return None
        self._memory.stands((transaction_id, bytes(document["digest"]), bson.encode(document)))
        return to_recorded(document)

    async def refreshed(self, recorded: RecordedVerdict) -> RecordedVerdict:
        """The same with its amendments, if MongoDB tells them within the ledger's budget; else as it is."""
        return await self._find_soon(recorded.verdict.transaction_id) or recorded

    async def _find_soon(self, transaction_id: str) -> RecordedVerdict | None:
        """What MongoDB tells within the ledger's budget."""
        if not self.health.is_healthy():
            return None
        with contextlib.suppress(LedgerUnreadable, TimeoutError):
            async with asyncio.timeout(self._budget_s):
                return await self.find(transaction_id)
        return None

    async def find(self, transaction_id: str) -> RecordedVerdict | None:
        """
        The verdict that stands in MongoDB, or None.

        Raises:
            LedgerUnreadable: it cannot be known now.
        """
        async with reading():
            document = await self._transactions.find_one({**account_key(), "transaction_id": transaction_id})
        return None if document is None else to_recorded(document)

    async def find_document(self, transaction_id: str) -> Found | None:
        """The whole record, and where it was found. Raises like `find`."""
        try:
            return await self._find_document(transaction_id)
        except JournalUnavailable as failure:
            raise LedgerUnreadable(failure.detail) from None

    async def _find_document(self, transaction_id: str) -> Found | None:
        try:
            async with reading():
                document = await self._transactions.find_one({**account_key(), "transaction_id": transaction_id})
        except LedgerUnreadable:
            row = await self.journal.find(transaction_id) or await self._memory.find(transaction_id)
            if row is not None:
                return found_of(row)
            raise
        if document is not None:
            return Found(document, LedgerStatus.COMMITTED, is_whole=True)
        row = await self.journal.find(transaction_id)
        return None if row is None else found_of(row)

    async def _wait_until_ready(self) -> None:
        with contextlib.suppress(TimeoutError):  # the first requests after a start come while it is prepared
            async with asyncio.timeout(self._budget_s):
                await self._preparation.was_tried.wait()
        if not self.is_ready.is_set():
            raise LedgerUnavailable("The ledger is not prepared yet.")


def _on_disk(settings: Settings, *, on_lost: Callable[[Sequence[Loss]], None]) -> tuple[Journal, SentMemory]:
    disk_bytes = settings.journal_max_mib * 1024 * 1024
    journal = Journal(
        settings.journal_dir,
        bytes_max=round(disk_bytes * _JOURNAL_SHARE),
        records_max=settings.journal_records_max,
        free_min_bytes=settings.journal_free_min_mib * 1024 * 1024,
        memory_s=settings.journal_memory_s,
        remembered_max=settings.journal_remembered_max,
        on_lost=on_lost,
    )
    memory = SentMemory(
        settings.journal_dir,
        rows_max=settings.journal_remembered_max,
        bytes_max=round(disk_bytes * _MEMORY_SHARE),
    )
    return journal, memory
