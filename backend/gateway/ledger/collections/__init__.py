"""The ledger's collections: validators and indexes. Every function here is safe to repeat."""

import contextlib
from typing import Any

from pymongo.errors import CollectionInvalid

from gateway.ledger.client import Database


async def ensure(database: Database, name: str, schema: dict[str, Any]) -> None:
    """Make the collection where it is not there, and give it this validator. Raises PyMongoError."""
    with contextlib.suppress(CollectionInvalid):  # a step is safe to repeat
        await database.create_collection(name)
    await database.command("collMod", name, validator={"$jsonSchema": schema})
