"""The ledger: every verdict that was acknowledged, once, for good."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne
from pymongo.errors import (
    BulkWriteError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from gateway.domain import Standing, Transaction, Verdict
from gateway.errors import LedgerFailure, LedgerUnavailable, LedgerUnconfirmed, LedgerUnreadable
from gateway.ledger.client import open_database
from gateway.ledger.documents import to_document, to_standing
from gateway.ledger.migrations import migrate
from gateway.ledger.writer import UNCONFIRMED, GroupCommitWriter, Written
from gateway.settings import Settings

_log = structlog.get_logger()
_DUPLICATE_KEY = 11000
_MIGRATE_AGAIN_S = 0.5
_READ_BUDGET_S = 2.0
_AWAY = "The ledger is not reachable. Nothing was recorded; send the transaction again."


class Ledger:
    """Records verdicts and finds them again. `start` and `close` belong to the gateway's lifespan."""

    def __init__(self, settings: Settings) -> None:
        self.database = open_database(settings)
        self.is_ready = asyncio.Event()  # validators and the unique index are in place
        self._transactions = self.database["transactions"]
        self._budget_s = settings.ledger_budget_ms / 1000
        self._writer = GroupCommitWriter(
            self._insert,
            budget_s=self._budget_s,
            queue_max=settings.ledger_queue_max,
            batch_max=settings.ledger_batch_max,
            in_flight_max=settings.ledger_writes_in_flight_max,
        )
        self._preparing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Prepare the database in the background: a gateway starts without a ledger."""
        self._preparing = asyncio.create_task(self._prepare())

    async def close(self) -> None:
        """Finish what is being written, then let go of the connections."""
        if self._preparing is not None:
            self._preparing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._preparing
        await self._writer.close()
        self.database.client.close()

    async def record(self, transaction: Transaction, verdict: Verdict) -> Standing:
        """
        Write a verdict down, durably on a majority.

        Returns:
            The verdict that stands: this one, or the one that an earlier request with this id got.

        Raises:
            LedgerFailure: no verdict may be given.
        """
        await self._wait_until_ready()
        if await self._writer.write(to_document(transaction, verdict)) is Written.INSERTED:
            return Standing(verdict=verdict, digest=transaction.digest, replayed=False)
        standing = await self.find(transaction.transaction_id)
        if standing is None:
            raise LedgerUnavailable(_AWAY)  # a duplicate that a majority does not have yet
        return standing

    async def find(self, transaction_id: str) -> Standing | None:
        """
        The verdict that stands, or None.

        Raises:
            LedgerFailure: it cannot be known now.
        """
        document = await self.find_document(transaction_id)
        return None if document is None else to_standing(document)

    async def find_document(self, transaction_id: str) -> Mapping[str, Any] | None:
        """The whole record, amendments included. Raises like `find`."""
        async with reading():
            return await self._transactions.find_one({"transaction_id": transaction_id})

    async def find_documents(self, transaction_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """The whole records of these, in no particular order. Raises like `find`."""
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
        try:  # the first requests after a start come while the migrations run
            async with asyncio.timeout(self._budget_s):
                await self.is_ready.wait()
        except TimeoutError:
            raise LedgerUnavailable(_AWAY) from None

    async def _insert(self, documents: Sequence[RawBSONDocument]) -> Mapping[int, Written | LedgerFailure]:
        try:
            await self._transactions.bulk_write([InsertOne(d) for d in documents], ordered=False)
        except BulkWriteError as error:
            return _sort_out(error, count=len(documents))
        except PyMongoError as error:
            # the driver's words stay in the log: they may name hosts, or worse
            _log.warning("ledger.write_failed", error=type(error).__name__, documents=len(documents))
            if _was_never_sent(error):
                raise LedgerUnavailable(_AWAY) from None
            raise LedgerUnconfirmed(UNCONFIRMED) from None
        return {}

    async def _prepare(self) -> None:
        complained = False
        while True:
            try:
                await migrate(self.database)
            except PyMongoError as error:
                if not complained:  # it is tried twice a second, and may be away for hours
                    _log.warning("ledger.not_ready", error=type(error).__name__)
                complained = True
                await asyncio.sleep(_MIGRATE_AGAIN_S)
            else:
                self.is_ready.set()
                _log.info("ledger.ready", database=self.database.name)
                return


def _was_never_sent(error: PyMongoError) -> bool:
    """Whether it is certain that nothing of the batch was recorded. A connection that broke proves nothing."""
    if isinstance(error, (ServerSelectionTimeoutError, WaitQueueTimeoutError)):
        return True
    return isinstance(error, OperationFailure) and not error.timeout


def _sort_out(error: BulkWriteError, *, count: int) -> Mapping[int, Written | LedgerFailure]:
    """Split a batch's result by document: one bad document does not fail its neighbours."""
    details = error.details or {}
    results: dict[int, Written | LedgerFailure] = {}
    if details.get("writeConcernErrors"):
        # inserted, but not on a majority: what is not acknowledged for good is not acknowledged
        _log.warning("ledger.not_durable", documents=count)
        results = dict.fromkeys(range(count), LedgerUnconfirmed(UNCONFIRMED))
    for failed in details.get("writeErrors", ()):
        if failed["code"] == _DUPLICATE_KEY:
            results[failed["index"]] = Written.DUPLICATE
        else:
            _log.error("ledger.document_refused", code=failed["code"])
            results[failed["index"]] = LedgerUnavailable("The ledger refused this record. Nothing was recorded.")
    return results


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[None]:
    """Bound a question to the ledger, and put its failures into the gateway's words."""
    try:
        async with asyncio.timeout(_READ_BUDGET_S):
            yield
    except (TimeoutError, PyMongoError) as error:
        _log.warning("ledger.read_failed", error=type(error).__name__)
        raise LedgerUnreadable("The ledger did not answer. Try again.") from None
