"""The naive ledger: one document for each verdict, in which the brain finds its histories."""

import os
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import ASCENDING, DESCENDING, WriteConcern

Collection = AsyncIOMotorCollection[dict[str, Any]]

DATABASE, COLLECTION = "naive", "transactions"


def connect() -> Collection:
    """Connect to MONGODB_URL in the background. A verdict is written as durably as Sentinel's."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(os.environ["MONGODB_URL"], tz_aware=True)
    database = client.get_database(DATABASE, write_concern=WriteConcern(w="majority", j=True))
    return database[COLLECTION]


async def prepare(collection: Collection) -> None:
    """Make the two indexes by which histories are read. The id of a transaction is its `_id`."""
    for key in ("user_id", "merchant_id"):
        await collection.create_index([(key, ASCENDING), ("time_ms", DESCENDING)])
