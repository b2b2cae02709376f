"""Collection `labels`: see ledger/labels.py."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure

_LABELS = {
    "bsonType": "object",
    "required": ["_id", "is_fraud", "source", "known_at", "recorded_at", "revision", "previous"],
    "properties": {
        "_id": {"bsonType": "string", "minLength": 1, "maxLength": 255},
        "is_fraud": {"bsonType": "bool"},
        "source": {"bsonType": "string", "minLength": 1, "maxLength": 64},
        "known_at": {"bsonType": "date"},
        "recorded_at": {"bsonType": "date"},
        "revision": {"bsonType": ["int", "long"], "minimum": 1},
        "previous": {"bsonType": "array", "maxItems": 20},
    },
}


async def create(database: Database) -> None:
    """By transaction, and what the brain was not told of. Raises PyMongoError."""
    await ensure(database, "labels", _LABELS)
    await database["labels"].create_indexes(
        [
            IndexModel(
                [("learn_pending", ASCENDING), ("recorded_at", ASCENDING)],
                name="learn_pending",
                partialFilterExpression={"learn_pending": True},
            )
        ]
    )


async def check_again(database: Database) -> None:
    """Of transactions with up to 255 characters."""
    await ensure(database, "labels", _LABELS)
