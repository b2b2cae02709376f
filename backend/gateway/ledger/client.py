"""
The one door to MongoDB, and the bounds of a question to it.

motor's support ended in May 2026: nothing outside ledger/ may know it.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any

# motor runs each operation in a thread and cannot cancel one, so threads are what runs out: two for writes in flight,
# four for searches (features/transactions/store.py), the rest for look-ups, heartbeats and what still hangs on a frozen
# server for its 3 s. motor reads this when it is imported.
os.environ.setdefault("MOTOR_MAX_WORKERS", "16")

import structlog
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ReturnDocument, WriteConcern, timeout
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.uri_parser import parse_uri

from gateway.errors import GatewayError, LedgerUnreadable
from gateway.ledger.documents import AWARE
from gateway.settings import Settings

# It logs whole commands, with the ids of users in them, and what it says of failures we say ourselves.
logging.getLogger("pymongo").setLevel(logging.CRITICAL)

Database = AsyncIOMotorDatabase[Mapping[str, Any]]
Collection = AsyncIOMotorCollection[Mapping[str, Any]]
_CONNECT_MS = 500  # a dead server is known at once; a frozen one costs this much
_OPERATION_MS = 3_000  # bounds a thread that hangs on a frozen server; callers wait no longer than their budget
_log = structlog.get_logger()
_BUDGET_S = 2.0
_PING_S_MAX = 0.4


def open_database(settings: Settings) -> Database:
    """
    The ledger's database. Nothing is connected yet, and no later outage raises here.

    w=majority and j=true: with w=1 a failover lost 500 of 500 acknowledged verdicts. Reads that answer a retry are
    majority reads, so that they never show what a failover could take back.
    """
    client: AsyncIOMotorClient[Mapping[str, Any]] = AsyncIOMotorClient(
        settings.mongodb_url.get_secret_value(),
        appname="sentinel-gateway",
        serverSelectionTimeoutMS=_CONNECT_MS,
        connectTimeoutMS=_CONNECT_MS,
        timeoutMS=_OPERATION_MS,
        tz_aware=True,
    )
    return client.get_database(
        settings.ledger_database,
        codec_options=AWARE,
        write_concern=WriteConcern(w="majority", j=True),
        read_concern=ReadConcern("majority"),
    )


def check_url(settings: Settings) -> None:
    """
    Refuse a MONGODB_URL that no driver could read, before anything is started. Nothing is connected.

    Raises:
        SystemExit: with one line that repeats nothing of the URL: the driver's own words may quote its password.
    """
    url = settings.mongodb_url.get_secret_value()
    if url.startswith("mongodb+srv://"):
        return  # reading that one means asking a name server
    try:
        parse_uri(url, validate=True)
    except (PyMongoError, ValueError):
        raise SystemExit(
            "MONGODB_URL is no MongoDB URL: it looks like mongodb://user:password@host:27017/?authSource=admin, "
            "and characters such as / : @ in a password are percent-encoded"
        ) from None


class TooSlow(Exception):
    """MongoDB is well, and has given a question up. Whoever asks `giving_up` may ask for less, within `reading`."""


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[None]:
    """Around any operation that is safe to repeat. Raises LedgerUnreadable."""
    try:
        async with asyncio.timeout(_BUDGET_S):
            yield
    except (TimeoutError, PyMongoError, TooSlow) as error:
        _log.warning("ledger.read_failed", error=type(error).__name__)
        raise LedgerUnreadable("The ledger did not answer. Try again.") from None


async def upsert(collection: Collection, query: Mapping[str, Any], update: Any) -> Mapping[str, Any]:
    """
    Change the document that a query finds, or make it; as it is afterwards.

    Where somebody else makes it at this very moment, theirs is changed. Raises PyMongoError.
    """
    for is_again in (False, True):
        try:
            found: Mapping[str, Any] = await collection.find_one_and_update(
                query, update, upsert=True, return_document=ReturnDocument.AFTER
            )
            break
        except DuplicateKeyError:
            if is_again:
                raise
    return found


@contextlib.asynccontextmanager
async def writing(unconfirmed: GatewayError) -> AsyncIterator[None]:
    """Around a write that is safe to repeat. Raises `unconfirmed` where it may have been done or not."""
    try:
        async with reading():
            yield
    except LedgerUnreadable:
        raise unconfirmed from None


@contextlib.asynccontextmanager
async def giving_up(database: Database, *, after_s: float) -> AsyncIterator[None]:
    """
    Around a question, within `reading`, that may take MongoDB too long: then both it and our thread stop.

    A limit by maxTimeMS never held: PyMongo puts in its place what is left of the client's own time.

    Args:
        after_s: 1.5 s at most: a ping, and what is asked instead, must fit into the budget of `reading` too.

    Raises:
        TooSlow: the time is over, and MongoDB answers a ping: the question is at fault.
        PyMongoError: anything else, also where MongoDB is away or frozen.
    """
    try:
        with timeout(after_s):
            yield
    except PyMongoError as error:
        if not error.timeout:
            raise
        with timeout(_PING_S_MAX):
            await database.command("ping")
        raise TooSlow from None


def plain(value: Any) -> Any:
    """A 64-bit integer comes back as Int64, which no encoder knows."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
