"""Collection `budget_scores`: see gateway/features/budgets/store.py."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure

_SCORES = {
    "bsonType": "object",
    "required": ["_id", "model", "slot", "source", "ended_at", "bins", "payments", "start", "shared_at"],
    "properties": {
        "_id": {"bsonType": "string"},
        "model": {"bsonType": "object", "required": ["name", "version", "limits"]},
        "slot": {"bsonType": ["int", "long"]},
        "source": {"bsonType": "string"},
        "ended_at": {"bsonType": "date"},
        "bins": {"bsonType": "array"},
        "payments": {"bsonType": "array"},
        "start": {"bsonType": ["object", "null"]},
        "shared_at": {"bsonType": "date"},
    },
}


async def create(database: Database) -> None:
    """How scores were spread, for thresholds that follow the traffic. Raises PyMongoError."""
    await ensure(database, "budget_scores", _SCORES)
    await database["budget_scores"].create_indexes(
        [
            IndexModel([("slot", DESCENDING)], name="newest"),
            IndexModel([("shared_at", ASCENDING)], name="news"),
            IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=60 * 86_400),
        ]
    )
