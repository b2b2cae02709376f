"""Reads the ledger: payments, labels, erasures and models, as `records` describes them. Writes nothing."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from bson.codec_options import CodecOptions
from bson.objectid import ObjectId
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import DESCENDING
from pymongo.read_concern import ReadConcern

from records.account import ACCOUNT, of_account
from records.erasures import ERASURES, RecordedErasure, to_erasure
from records.labels import LABEL, LABELS, RecordedLabel, to_label
from records.models import MODELS, ROLES
from records.payments import PAYMENT, TRANSACTIONS, RecordedPayment, to_payment
from records.positions import numbered
from records.runs import RUNS, SettledRun, settled_since

log = structlog.get_logger()
# The driver's own log lines quote addresses and whole commands; this package logs what matters.
logging.getLogger("pymongo").setLevel(logging.CRITICAL)

PAGE = 500  # records in one reply: 3 ms of work between two batches of scores
TIMEOUT_MS = 5000  # a frozen server keeps a thread for no longer
HEARTBEAT_MS = 1000  # how soon a MongoDB that is back is noticed; the driver's default is 10 s
POOL_MAX = 4

_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, ArithmeticError)
Read = TypeVar("Read")


class Ledger:
    """
    Reads from the primary what stands on a majority. Everything may raise PyMongoError.

    A secondary may lack records that `chain_runs` calls settled.
    """

    def __init__(self, url: str, database: str) -> None:
        """
        Connect in the background.

        Args:
            url: MONGODB_URL. It holds a password: it is never logged.
        """
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            url,
            serverSelectionTimeoutMS=TIMEOUT_MS,
            connectTimeoutMS=TIMEOUT_MS,
            socketTimeoutMS=TIMEOUT_MS,
            heartbeatFrequencyMS=HEARTBEAT_MS,
            maxPoolSize=POOL_MAX,
            appname="sentinel-brain",
        )
        self._ledger: AsyncIOMotorDatabase[dict[str, Any]] = self._client.get_database(
            database, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC), read_concern=ReadConcern("majority")
        )
        # the driver makes times without a zone in a third of the time
        self._payments = self._ledger.get_collection(TRANSACTIONS, codec_options=CodecOptions())

    async def runs(self, seen_at: datetime | None) -> list[SettledRun]:
        """Runs of gateways that may have news since `seen_at`; None: all."""
        return _read(await self._ledger[RUNS].find(settled_since(seen_at)).to_list(None), SettledRun.of)

    async def recorded(self, run: bytes, *, after: int, upto: int) -> tuple[list[RecordedPayment], ObjectId | None]:
        """
        Read payments of a run by their numbers, PAGE at most.

        Returns:
            Those that can be read, and the position of the last one when there may be more.
        """
        query = numbered(run, after=after, upto=upto)
        found = await self._payments.find(query, PAYMENT).sort("_id", 1).limit(PAGE).to_list(PAGE)
        return _read(found, _to_payment), found[-1]["_id"] if len(found) == PAGE else None

    async def newest_first(self, created_until: datetime | None) -> AsyncIterator[list[RecordedPayment]]:
        """Read all payments, newest first, in pages; from a time on, or from the newest one."""
        query = of_account() | ({} if created_until is None else {"created_at": {"$lte": created_until}})
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]
        cursor = self._payments.find(query, PAYMENT, batch_size=PAGE).sort(order)
        while page := await cursor.to_list(PAGE):
            yield _read(page, _to_payment)

    async def labels_of(self, transaction_ids: Sequence[str]) -> list[RecordedLabel]:
        """Read the labels of these transactions, where there are any."""
        query = {"_id": {"$in": list(transaction_ids)}}
        return _read(await self._ledger[LABELS].find(query, LABEL).to_list(None), to_label)

    async def labels_since(self, recorded_at: datetime | None) -> list[RecordedLabel]:
        """Read labels that were recorded from this time on; None: all."""
        query = {} if recorded_at is None else {"recorded_at": {"$gte": recorded_at}}
        return _read(await self._ledger[LABELS].find(query, LABEL).to_list(None), to_label)

    async def newest_label_at(self) -> datetime | None:
        """Tell when the newest label was recorded."""
        newest = await self._ledger[LABELS].find_one({}, {"recorded_at": 1}, sort=[("recorded_at", DESCENDING)])
        return None if newest is None else newest["recorded_at"]

    async def erasures_since(self, at: datetime | None) -> list[RecordedErasure]:
        """Read erasures from this time on; None: all."""
        query = {} if at is None else {"at": {"$gte": at}}
        return _read(await self._ledger[ERASURES].find(query).to_list(None), to_erasure)

    async def model_roles(self) -> dict[str, Any] | None:
        """Read the document that says which models serve; None while nothing was ever promoted."""
        return await self._ledger[ROLES].find_one({"_id": ACCOUNT})

    async def model_artifact(self, artifact_id: str) -> dict[str, Any] | None:
        """Read an artifact with its content, of some megabytes; None where it is not there."""
        return await self._ledger[MODELS].find_one({"_id": artifact_id})

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def _to_payment(document: dict[str, Any]) -> RecordedPayment:
    for name in ("event_time", "created_at"):
        document[name] = document[name].replace(tzinfo=UTC)
    return to_payment(document)


def _read(documents: Sequence[dict[str, Any]], reader: Callable[[dict[str, Any]], Read]) -> list[Read]:
    """Read those that are ours; others are logged and left out, or they would be in the way for ever."""
    found = []
    for document in documents:
        try:
            found.append(reader(document))
        except _UNREADABLE as error:
            log.error("history.unreadable", id=str(document.get("_id")), error=type(error).__name__)  # noqa: TRY400
    return found
