"""Collection `exposure`: see gateway/features/exposure/store.py."""

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure

_EXPOSURE = {
    "bsonType": "object",
    "required": ["_id", "version", "leases"],
    "properties": {
        "_id": {"enum": ["outage"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "leases": {
            "bsonType": "object",
            "additionalProperties": {
                "bsonType": "object",
                "required": ["instance", "share", "spent", "seen_at", "is_returned"],
                "properties": {
                    "instance": {"bsonType": "string"},
                    "share": {"bsonType": ["int", "long"], "minimum": 0},
                    "spent": {"bsonType": ["int", "long"], "minimum": 0},
                    "seen_at": {"bsonType": "date"},
                    "is_returned": {"bsonType": "bool"},
                },
            },
        },
    },
}


async def create(database: Database) -> None:
    """What each gateway may approve without a score. Raises PyMongoError."""
    await ensure(database, "exposure", _EXPOSURE)
