"""Collection `conflicts`: records that came second, see ledger/draining.py."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure


async def create(database: Database) -> None:
    """Records that came second. _id is the record's own, so that one is kept once."""
    await ensure(
        database,
        "conflicts",
        {
            "bsonType": "object",
            "required": ["_id", "transaction_id", "at", "instance", "record"],
            "properties": {
                "_id": {"bsonType": "objectId"},
                "transaction_id": {"bsonType": "string"},
                "at": {"bsonType": "date"},
                "instance": {"bsonType": "string"},
                "record": {"bsonType": "object"},
            },
        },
    )
    await database["conflicts"].create_indexes([IndexModel([("transaction_id", ASCENDING)], name="transaction_id")])
