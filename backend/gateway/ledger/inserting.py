"""One batch of records into MongoDB, through the ledger's circuit, and what became of each."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from gateway.errors import LedgerFailure, LedgerRefused, LedgerUnavailable, LedgerUnconfirmed
from gateway.kit import clock
from gateway.kit.circuit import Circuit
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database, reading
from gateway.ledger.draining import document_id
from gateway.ledger.events import Conflict, LedgerEvents
from gateway.ledger.run import Run
from gateway.ledger.writer import UNCONFIRMED, Written

_log = structlog.get_logger()
_DUPLICATE_KEY = 11000
# BadValue, FailedToParse, TypeMismatch, InvalidBSON, a validator's no, too large, a key that no index takes
_FAULTS_OF_THE_DOCUMENT = frozenset({2, 9, 14, 22, 121, 10334, 17280, 17419})
_PING_S = 1.0
_AWAY = "The ledger is not reachable. Nothing was recorded; send the transaction again."


class Inserter:
    """Everything goes through the circuit: one batch is one event."""

    def __init__(
        self,
        database: Database,
        circuit: Circuit,
        *,
        instance: str,
        events: LedgerEvents,
    ) -> None:
        """
        Args:
            instance: This gateway's name, for the conflicts that it finds.
            events: Told of each conflict.
        """
        self._database = database
        self._events = events
        self._circuit = circuit
        self._instance = instance

    async def insert(self, documents: Sequence[RawBSONDocument]) -> Mapping[int, Written | LedgerFailure]:
        """
        Write a batch durably on a majority; what is not in the answer was inserted.

        Raises:
            LedgerFailure: the whole batch failed, or the circuit is open.
        """
        permit = self._circuit.admit()
        try:
            results = await self._insert(documents)
        except asyncio.CancelledError:  # the writer's budget is spent
            permit.failed(LedgerUnconfirmed(UNCONFIRMED))
            raise
        except LedgerFailure as failure:
            permit.failed(failure)
            raise
        except BaseException:
            permit.abandoned()
            raise
        if results and all(isinstance(result, LedgerUnavailable) for result in results.values()):
            permit.failed(LedgerUnavailable(_AWAY))
        else:
            permit.succeeded()
        return results

    async def ping(self) -> None:
        """The circuit's trial when there is nothing to write. Raises LedgerFailure."""
        permit = self._circuit.admit()
        try:
            async with asyncio.timeout(_PING_S):
                await self._database.command("ping")
        except (PyMongoError, TimeoutError):
            failure = LedgerUnavailable(_AWAY)
            permit.failed(failure)
            raise failure from None
        except BaseException:
            permit.abandoned()
            raise
        permit.succeeded()

    async def contest(self, documents: Sequence[RawBSONDocument]) -> int:
        """
        Keep those as conflicts that are not the very records that stand under their ids.

        Returns:
            How many those were.

        Raises:
            LedgerFailure: it cannot be known or kept now; to repeat it is safe.
        """
        ids = [document["transaction_id"] for document in documents]
        async with reading():
            found = await self._database["transactions"].find(
                {"transaction_id": {"$in": ids}}, {"transaction_id": 1, "verdict.decision": 1}
            ).to_list(len(ids))  # fmt: skip
            recorded = {record["transaction_id"]: record for record in found}
            others = [d for d in documents if recorded.get(d["transaction_id"], {}).get("_id") != document_id(d)]
            if others:
                kept = {"at": clock.now(), "instance": self._instance}
                await self._database["conflicts"].bulk_write(
                    [
                        UpdateOne(
                            {"_id": document_id(other)},
                            {"$setOnInsert": {**kept, "transaction_id": other["transaction_id"], "record": other}},
                            upsert=True,
                        )
                        for other in others
                    ],
                    ordered=False,
                )
        for other in others:
            self._report(other, recorded.get(other["transaction_id"]))
        return len(others)

    def _report(self, other: RawBSONDocument, recorded: Mapping[str, Any] | None) -> None:
        self._events.contested(
            Conflict(
                record_id=document_id(other),
                transaction_id=other["transaction_id"],
                decision=other["verdict"]["decision"],
                standing_decision=recorded["verdict"]["decision"] if recorded is not None else None,
            )
        )

    async def _insert(self, documents: Sequence[RawBSONDocument]) -> Mapping[int, Written | LedgerFailure]:
        try:
            await self._database["transactions"].bulk_write([InsertOne(d) for d in documents], ordered=False)
        except BulkWriteError as error:
            return _sort_out(error, count=len(documents))
        except PyMongoError as error:
            # the driver's words stay in the log: they may name hosts, or worse
            _log.warning("ledger.write_failed", error=type(error).__name__, documents=len(documents))
            if _was_never_sent(error):
                raise LedgerUnavailable(_AWAY) from None
            raise LedgerUnconfirmed(UNCONFIRMED) from None
        return {}


def _was_never_sent(error: PyMongoError) -> bool:
    """Whether it is certain that nothing of the batch was recorded. A connection that broke proves nothing."""
    if isinstance(error, (ServerSelectionTimeoutError, WaitQueueTimeoutError)):
        return True
    return isinstance(error, OperationFailure) and not error.timeout


def _sort_out(error: BulkWriteError, *, count: int) -> Mapping[int, Written | LedgerFailure]:
    """
    Split a batch's result by document: one bad document does not fail its neighbours.

    Raises:
        LedgerUnconfirmed: written, but not on a majority: what is not acknowledged for good is not acknowledged.
    """
    details = error.details or {}
    if details.get("writeConcernErrors"):
        _log.warning("ledger.not_durable", documents=count)
        raise LedgerUnconfirmed(UNCONFIRMED) from None
    results: dict[int, Written | LedgerFailure] = {}
    for failed in details.get("writeErrors", ()):
        if failed["code"] == _DUPLICATE_KEY:
            results[failed["index"]] = Written.DUPLICATE
        elif failed["code"] not in _FAULTS_OF_THE_DOCUMENT:  # a failover, or a disk that is full: later it is taken
            _log.warning("ledger.not_written", code=failed["code"])
            results[failed["index"]] = LedgerUnavailable(_AWAY)
        else:
            _log.error("ledger.document_refused", code=failed["code"])
            results[failed["index"]] = LedgerRefused(f"The ledger refused this record (code {failed['code']}).")
    return results


class Committed(NamedTuple):
    """A new record that is on a majority: its `_id`, and what the chain says of it."""

    position: ObjectId
    transaction_id: str
    leaf: bytes


class CommitListener(Protocol):
    """Lives as long as the ledger does."""

    async def start(self) -> None:
        """The collections are in place, and nothing was written yet. Raises LedgerUnreadable: it is called again."""

    async def close(self) -> None:
        """The ledger ends: nothing is committed any more."""

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""

    def add(self, item: Committed) -> None:
        """It was just committed."""


class MakeListener(Protocol):
    """Makes one for a ledger."""

    def __call__(self, database: Database, *, instance: str, run: Run) -> CommitListener:
        """Nothing is asked of the database yet."""
