"""
Makes collections, validators and indexes in numbered, idempotent steps.

Several brains may start at once: a step may run twice, also at the same time, with the same result. A brain that finds
the newest number recorded does nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import CollectionInvalid, OperationFailure

from brain.history.documents import MERCHANTS, USERS, Side

Database = AsyncIOMotorDatabase[dict[str, Any]]

NAMESPACE_EXISTS = 48  # MongoDB's error code: another brain was faster
IDLE_LIFE_S = 45 * 86_400  # longer than every window: no event of such a document can count any more


async def migrate(database: Database) -> int:
    """
    Migrate the database to the newest version and return that version.

    Raises:
        PyMongoError: MongoDB is away or refuses; try again later.
    """
    newest = await database.schema_migrations.find_one(sort=[("_id", -1)])
    done = newest["_id"] if newest is not None else 0
    for number, step in enumerate(STEPS, start=1):
        if number > done:
            await step(database)
            await database.schema_migrations.update_one(
                {"_id": number},
                {"$setOnInsert": {"name": step.__name__, "applied_at": datetime.now(UTC)}},
                upsert=True,
            )
    return len(STEPS)


async def _keep_history(database: Database) -> None:
    for side in (USERS, MERCHANTS):
        await _ensure_collection(database, side)
        await database[side.collection].create_index("u", name="idle", expireAfterSeconds=IDLE_LIFE_S)


async def _keep_revisions(database: Database) -> None:
    for side in (USERS, MERCHANTS):
        await _ensure_collection(database, side)


async def _keep_blocks(database: Database) -> None:
    for side in (USERS, MERCHANTS):
        await _ensure_collection(database, side)


STEPS: tuple[Callable[[Database], Awaitable[None]], ...] = (_keep_history, _keep_revisions, _keep_blocks)
BLOCKS_STEP = 1 + STEPS.index(_keep_blocks)  # events that were observed before it have no mark of blocks


async def _ensure_collection(database: Database, side: Side) -> None:
    validator = {"$jsonSchema": _schema(side)}
    try:
        await database.create_collection(side.collection, validator=validator)
    except CollectionInvalid:
        pass
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise
    await database.command("collMod", side.collection, validator=validator)


def _schema(side: Side) -> dict[str, Any]:
    event = {
        "bsonType": "object",
        "required": ["i", "t", "a", "c"],
        "additionalProperties": False,
        "properties": {
            "i": {"bsonType": "string"},
            "t": {"bsonType": ["int", "long"]},
            "a": {"bsonType": ["int", "long"]},
            "c": {"bsonType": "string"},
            "b": {"bsonType": "bool"},
            "f": {"bsonType": "bool"},
            "k": {"bsonType": ["int", "long"]},
            "r": {"bsonType": ["int", "long"]},
        },
    }
    return {
        "bsonType": "object",
        "required": ["_id", "e", "u"],
        "additionalProperties": False,
        "properties": {
            "_id": {"bsonType": "string"},
            "e": {"bsonType": "array", "maxItems": side.events_max, "items": event},
            "u": {"bsonType": "date"},
        },
    }
