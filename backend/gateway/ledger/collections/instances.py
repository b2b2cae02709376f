"""Collection `instances`: heartbeats, see fleet.py."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure

_INSTANCES = {
    "bsonType": "object",
    "required": ["_id", "circuit_state", "seen_at"],
    "properties": {
        "_id": {"bsonType": "string"},
        "circuit_state": {"enum": ["closed", "open", "half-open"]},
        "seen_at": {"bsonType": "date"},
    },
}


async def create(database: Database) -> None:
    """Forgotten an hour after the last beat. Raises PyMongoError."""
    await ensure(database, "instances", _INSTANCES)
    await database["instances"].create_indexes(
        [IndexModel([("seen_at", ASCENDING)], name="forgotten", expireAfterSeconds=3600)]
    )
