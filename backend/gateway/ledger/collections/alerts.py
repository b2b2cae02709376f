"""What people are told: collections `alerts` and `outages`."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections import ensure

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


async def create(database: Database) -> None:
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
