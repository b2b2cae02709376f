"""Collection `outages`: see ledger/outages.py."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections.ensuring import ensure


async def create(database: Database) -> None:
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
