"""The ledger: every verdict that was acknowledged, once, for good; on MongoDB, or on its way there in the journal."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import bson
import structlog
from pymongo.errors import PyMongoError

from gateway.alerts.kinds import RaiseAlert, nobody
from gateway.domain import LedgerStatus, Standing, Transaction, Verdict
from gateway.errors import LedgerFailure, LedgerUnavailable, LedgerUnreadable
from gateway.ledger.circuit import LedgerCircuit
from gateway.ledger.client import open_database
from gateway.ledger.documents import AWARE, to_document, to_standing
from gateway.ledger.draining import Drainer
from gateway.ledger.events import LedgerEvents
from gateway.ledger.inserting import Inserter
from gateway.ledger.journal.journal import Journal
from gateway.ledger.journal.store import Row
from gateway.ledger.migrations import migrate, new_holder
from gateway.ledger.reading import reading
from gateway.ledger.writer import GroupCommitWriter, Written
from gateway.settings import Settings
from money.currencies import load_rates

_log = structlog.get_logger()
_MIGRATE_AGAIN_S = 0.5
_DRAIN_AT_CLOSE_S = 3.0  # of the 5 s that a stop may take


class Ledger:
    """Records verdicts and finds them again. `start` and `close` belong to the gateway's lifespan."""

    def __init__(self, settings: Settings, *, instance: str, raise_alert: RaiseAlert = nobody) -> None:
        """
        Args:
            instance: This gateway's name.
            raise_alert: Told of conflicts, of poison, and of a backlog that has reached MongoDB.
        """
        self.database = open_database(settings)
        self.is_ready = asyncio.Event()  # validators and the unique index are in place
        self.circuit = LedgerCircuit(fail_max=settings.ledger_circuit_fail_max, reset_s=settings.ledger_circuit_reset_s)
        self.journal = Journal(
            settings.journal_dir,
            records_max=settings.journal_records_max,
            free_min_bytes=settings.journal_free_min_mib * 1024 * 1024,
            memory_s=settings.journal_memory_s,
            remembered_max=settings.journal_remembered_max,
        )
        self._transactions = self.database["transactions"]
        self._budget_s = settings.ledger_budget_ms / 1000
        self._rates = load_rates(settings.reference_rates_file)
        events = LedgerEvents(raise_alert, instance=instance)
        inserter = Inserter(self.database, self.circuit, instance=instance, events=events)
        self._writer = GroupCommitWriter(
            inserter.insert,
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
            contest=inserter.contest,
            events=events,
        )
        self._was_tried = asyncio.Event()  # to prepare it, once
        self._preparing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Prepare the database in the background: a gateway starts without a ledger."""
        await self.journal.start()
        self._preparing = asyncio.create_task(self._prepare())

    async def close(self) -> None:
        """Finish what is being written, bring what waits to MongoDB if it is there, then let go."""
        if self._preparing is not None:
            self._preparing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._preparing
        await self._writer.close()
        await self._drainer.close(within_s=_DRAIN_AT_CLOSE_S)
        await self.journal.close()
        self.database.client.close()

    def recall(self, transaction_id: str) -> Standing | None:
        """The verdict that the journal knows for this id: one that waits, or one that reached MongoDB lately."""
        row = self.journal.recall(transaction_id)
        return None if row is None else _to_standing(row)

    async def record(self, transaction: Transaction, verdict: Verdict) -> Standing:
        """
        Write a verdict down, durably: on a majority of MongoDB, or in the journal when that is down or too slow.

        Returns:
            The verdict that stands: this one, or the one that an earlier request with this id got.

        Raises:
            LedgerFailure: neither took it, and no verdict may be given.
        """
        document = to_document(transaction, verdict, self._rates)
        try:
            await self._wait_until_ready()
            written = await self._writer.write(document)
        except LedgerFailure:
            row = await self.journal.put(transaction.transaction_id, transaction.digest, bytes(document.raw))
            return replace(_to_standing(row), replayed=row.document != document.raw)
        if written is Written.INSERTED:
            return Standing(verdict=verdict, digest=transaction.digest, replayed=False)
        standing = await self.find(transaction.transaction_id)
        if standing is None:
            raise LedgerUnavailable("The record that stands is not on a majority yet. Send the transaction again.")
        return standing

    async def find(self, transaction_id: str) -> Standing | None:
        """
        The verdict that stands in MongoDB, or None.

        Raises:
            LedgerUnreadable: it cannot be known now.
        """
        async with reading():
            document = await self._transactions.find_one({"transaction_id": transaction_id})
        return None if document is None else to_standing(document)

    async def find_document(self, transaction_id: str) -> tuple[Mapping[str, Any], LedgerStatus] | None:
        """The whole record, amendments included, and where it is. Raises like `find`."""
        try:
            async with reading():
                document = await self._transactions.find_one({"transaction_id": transaction_id})
        except LedgerUnreadable:
            if (row := self.journal.recall(transaction_id)) is not None:
                return _decode(row), _status(row)
            raise
        if document is not None:
            return document, LedgerStatus.COMMITTED
        row = self.journal.recall(transaction_id)
        return None if row is None else (_decode(row), _status(row))

    async def find_documents(self, transaction_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """The whole records of these in MongoDB, in no particular order. Raises like `find`."""
        async with reading():
            cursor = self._transactions.find({"transaction_id": {"$in": list(transaction_ids)}})
            return await cursor.to_list(len(transaction_ids))

    async def find_unobserved(self, *, older_than: timedelta, limit: int) -> list[Mapping[str, Any]]:
        """Records that the brain's history does not have yet, oldest first. Raises like `find`."""
        settled = {"$lt": ["$created_at", {"$subtract": ["$$NOW", older_than // timedelta(milliseconds=1)]}]}
        async with reading():
            cursor = self._transactions.find({"observe_pending": True, "$expr": settled})
            return await cursor.sort("created_at", 1).limit(limit).to_list(limit)

    async def mark_observed(self, transaction_ids: Sequence[str]) -> None:
        """Take these out of the outbox. Raises like `find`; to repeat it is safe."""
        async with reading():
            await self._transactions.update_many(
                {"transaction_id": {"$in": list(transaction_ids)}}, {"$unset": {"observe_pending": ""}}
            )

    async def _wait_until_ready(self) -> None:
        if self.is_ready.is_set():
            return
        with contextlib.suppress(TimeoutError):  # the first requests after a start come while it is prepared
            async with asyncio.timeout(self._budget_s):
                await self._was_tried.wait()
        if not self.is_ready.is_set():
            raise LedgerUnavailable("The ledger is not prepared yet.")

    async def _prepare(self) -> None:
        complained, holder = False, new_holder()
        while True:
            try:
                await migrate(self.database, holder=holder)
            except PyMongoError as error:
                if not complained:  # it is tried twice a second, and may be away for hours
                    _log.warning("ledger.not_ready", error=type(error).__name__)
                complained = True
                self._was_tried.set()
                await asyncio.sleep(_MIGRATE_AGAIN_S)
            else:
                self.is_ready.set()
                self._was_tried.set()
                _log.info("ledger.ready", database=self.database.name)
                # not before: without the unique index what is drained could stand twice
                await self._drainer.start()
                return


def _decode(row: Row) -> Mapping[str, Any]:
    return bson.decode(row.document, AWARE)


def _status(row: Row) -> LedgerStatus:
    return LedgerStatus.COMMITTED if row.is_sent else LedgerStatus.PENDING


def _to_standing(row: Row) -> Standing:
    return replace(to_standing(_decode(row)), ledger_status=_status(row))
