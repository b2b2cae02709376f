"""The one door to MongoDB. motor's support ended in May 2026: nothing outside ledger/ may know it."""

import os
from collections.abc import Mapping
from typing import Any

# motor runs each operation in a thread and cannot cancel one: against a frozen server every thread is soon taken.
# 16 leave room for reads beside the two writes that may be in flight. motor reads this when it is imported.
os.environ.setdefault("MOTOR_MAX_WORKERS", "16")

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import WriteConcern
from pymongo.read_concern import ReadConcern

from gateway.ledger.documents import AWARE
from gateway.settings import Settings

Database = AsyncIOMotorDatabase[Mapping[str, Any]]
_CONNECT_MS = 500  # a dead server is known at once; a frozen one costs this much
_OPERATION_MS = 2_000  # bounds a thread that hangs on a frozen server; callers wait no longer than their budget


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
