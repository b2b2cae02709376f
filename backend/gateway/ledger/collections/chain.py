"""Collections `chain`, see ledger/audit_chain.py, and `chain_runs`, see features/audit/runs.py."""

from pymongo import ASCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections import ensure
from records.runs import RUN_KEPT_DAYS, RUNS

_DAY_S = 86_400


async def create(database: Database) -> None:
    """What was committed, batch after batch, and the flag of what has no place in it yet."""
    hash_ = {"bsonType": "binData"}
    head = {
        "bsonType": "object",
        "required": ["writer", "seq", "digest"],
        "properties": {
            "writer": {"bsonType": "string"},
            "seq": {"bsonType": ["int", "long"], "minimum": 1},
            "digest": hash_,
        },
    }
    entry = {
        "bsonType": "object",
        "required": ["transaction_id", "kind", "leaf"],
        "properties": {
            "transaction_id": {"bsonType": "string"},
            "kind": {"enum": ["insert", "amend"]},
            "leaf": hash_,
        },
    }
    await ensure(
        database,
        "chain",
        {
            "bsonType": "object",
            "required": ["_id", "prev", "digest", "at", "heads", "entries"],
            "properties": {
                "_id": {
                    "bsonType": "object",
                    "required": ["writer", "seq"],
                    "properties": {
                        "writer": {"bsonType": "string"},
                        "seq": {"bsonType": ["int", "long"], "minimum": 1},
                    },
                },
                "prev": hash_,
                "digest": hash_,
                "at": {"bsonType": "date"},
                "heads": {"bsonType": "array", "items": head},
                "entries": {"bsonType": "array", "minItems": 1, "maxItems": 500, "items": entry},
            },
        },
    )
    await database["chain"].create_indexes([IndexModel([("at", ASCENDING)], name="at")])
    await database["transactions"].create_indexes(
        [
            IndexModel(
                [("chain_pending", ASCENDING), ("created_at", ASCENDING)],
                name="chain_pending",
                partialFilterExpression={"chain_pending": True},
            )
        ]
    )


async def create_runs(database: Database) -> None:
    """Which runs of gateways may have left something unchained."""
    await ensure(
        database,
        RUNS,
        {
            "bsonType": "object",
            "required": ["_id", "seen_at", "settled"],
            "properties": {
                "_id": {"bsonType": "binData"},
                "seen_at": {"bsonType": "date"},
                "settled": {"bsonType": ["int", "long"], "minimum": 0},
            },
        },
    )


async def keep_runs(database: Database) -> None:
    """Which runs have news, for those who read on from a mark; and a run that is over is forgotten one day."""
    await database[RUNS].create_indexes(
        [
            IndexModel([("settled_at", ASCENDING)], name="news"),
            IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=RUN_KEPT_DAYS * _DAY_S),
        ]
    )
