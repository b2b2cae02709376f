"""The one door to MongoDB. motor's support ended in May 2026: nothing outside ledger/ may know it."""

import logging
import os
from collections.abc import Mapping
from typing import Any

# motor runs each operation in a thread and cannot cancel one, so threads are what runs out: two for writes in flight,
# four for searches (search.py), the rest for look-ups, heartbeats and what still hangs on a frozen server for its 3 s.
# motor reads this when it is imported.
os.environ.setdefault("MOTOR_MAX_WORKERS", "16")

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.uri_parser import parse_uri

from gateway.ledger.documents import AWARE
from gateway.settings import Settings

# It logs whole commands, with the ids of users in them, and what it says of failures we say ourselves.
logging.getLogger("pymongo").setLevel(logging.CRITICAL)

Database = AsyncIOMotorDatabase[Mapping[str, Any]]
Collection = AsyncIOMotorCollection[Mapping[str, Any]]
_CONNECT_MS = 500  # a dead server is known at once; a frozen one costs this much
_OPERATION_MS = 3_000  # bounds a thread that hangs on a frozen server; callers wait no longer than their budget


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
