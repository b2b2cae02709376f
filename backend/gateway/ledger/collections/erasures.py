"""Collection `erasures`: see ledger/erasures.py."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure

_ERASURES = {
    "bsonType": "object",
    "required": ["_id", "at", "transaction_ids", "done"],
    "properties": {
        "_id": {"bsonType": "objectId"},
        "at": {"bsonType": "date"},
        "transaction_ids": {"bsonType": "array", "items": {"bsonType": "string"}},
        "done": {"bsonType": "array", "items": {"bsonType": "string"}},
    },
}


async def create(database: Database) -> None:
    """Kept for good: a gateway may be stopped for long. Raises PyMongoError."""
    await ensure(database, "erasures", _ERASURES)
    await database["erasures"].create_indexes([IndexModel([("at", ASCENDING)], name="news")])
