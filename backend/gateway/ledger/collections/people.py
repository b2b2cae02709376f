"""What people say, and what they are told: collections `labels`, `lists`, `alerts` and `outages`."""

from pymongo import ASCENDING, DESCENDING, IndexModel

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
_ALERTS = {
    "bsonType": "object",
    "required": ["_id", "kind", "key", "data", "at", "state", "attempts", "next_at", "give_up_at", "ended_at"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": "^msg_"},
        "kind": {"bsonType": "string"},
        "key": {"bsonType": "string", "maxLength": 256},
        "data": {"bsonType": "object"},
        "at": {"bsonType": "date"},
        "state": {"enum": ["pending", "delivered", "dead", "unsent"]},
        "attempts": {"bsonType": ["int", "long"], "minimum": 0},
        "next_at": {"bsonType": ["date", "null"]},
        "give_up_at": {"bsonType": "date"},
        "lease": {"bsonType": ["object", "null"]},
        "last_error": {"bsonType": ["string", "null"]},
        "ended_at": {"bsonType": ["date", "null"]},
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


async def index_urgency(database: Database) -> None:
    """Due ones by kind: what concerns everybody is found at once behind thousands of flips. Raises PyMongoError."""
    await database["alerts"].create_indexes(
        [
            IndexModel(
                [("kind", ASCENDING), ("next_at", ASCENDING)],
                name="due_by_kind",
                partialFilterExpression={"state": "pending"},
            )
        ]
    )


async def index_kinds(database: Database) -> None:
    """The newest of some kinds, and how many of the others came between. Raises PyMongoError."""
    await database["alerts"].create_indexes(
        [IndexModel([("kind", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="kind")]
    )


async def create_alerts(database: Database) -> None:
    """Due ones first; ended ones go after 30 days. Raises PyMongoError."""
    await ensure(database, "alerts", _ALERTS)
    await database["alerts"].create_indexes(
        [
            IndexModel([("next_at", ASCENDING)], name="due", partialFilterExpression={"state": "pending"}),
            IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel([("state", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="state"),
            IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=30 * 24 * 3600),
        ]
    )


async def create_outages(database: Database) -> None:
    """However many gateways see it begin: at most one is open."""
    await ensure(
        database,
        "outages",
        {
            "bsonType": "object",
            "required": ["_id", "cause", "from", "is_settled"],
            "properties": {
                "_id": {"bsonType": "objectId"},
                "cause": {"bsonType": "string", "minLength": 1},
                "from": {"bsonType": "date"},
                "to": {"bsonType": "date"},
                "is_open": {"enum": [True]},
                "is_settled": {"bsonType": "bool"},
                "report": {"bsonType": "object"},
            },
        },
    )
    await database["outages"].create_indexes(
        [
            IndexModel([("is_open", ASCENDING)], name="open", unique=True, partialFilterExpression={"is_open": True}),
            IndexModel([("is_settled", ASCENDING)], name="unsettled", partialFilterExpression={"is_settled": False}),
            IndexModel([("from", DESCENDING), ("_id", DESCENDING)], name="newest"),
        ]
    )
