"""What people tell the gateways: collections `labels` and `lists`."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections import ensure

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
_LISTS = {
    "bsonType": "object",
    "required": ["_id", "list", "kind", "value", "reason", "expires_at", "created_at", "updated_at"],
    "properties": {
        "_id": {"bsonType": "string", "minLength": 1, "maxLength": 272},
        "list": {"enum": ["deny", "allow"]},
        "kind": {"enum": ["user", "merchant", "card", "device", "ip", "country"]},
        "value": {"bsonType": "string", "minLength": 1, "maxLength": 255},
        "reason": {"bsonType": "string", "minLength": 1, "maxLength": 256},
        "expires_at": {"bsonType": ["date", "null"]},
        "created_at": {"bsonType": "date"},
        "updated_at": {"bsonType": "date"},
        "deleted_at": {"bsonType": "date"},
    },
}


async def create_labels(database: Database) -> None:
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


async def check_labels_again(database: Database) -> None:
    """Of transactions with up to 255 characters."""
    await ensure(database, "labels", _LABELS)


async def create_lists(database: Database) -> None:
    """What people have settled beforehand. Raises PyMongoError."""
    await ensure(database, "lists", _LISTS)
    await database["lists"].create_indexes(
        [
            IndexModel([("updated_at", ASCENDING)], name="news"),
            IndexModel([("expires_at", ASCENDING)], name="expired", expireAfterSeconds=0),
            # every gateway hears of it within a second; who was away for longer reads all
            IndexModel([("deleted_at", ASCENDING)], name="taken_off", expireAfterSeconds=86_400),
        ]
    )


async def check_lists_again(database: Database) -> None:
    """Values of up to 255 characters."""
    await ensure(database, "lists", _LISTS)
