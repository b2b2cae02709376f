"""What gateways tell each other: collections `instances` (heartbeats), `budgets`, `exposure` and `erasures`."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections import ensure

_INSTANCES = {
    "bsonType": "object",
    "required": ["_id", "circuit_state", "seen_at"],
    "properties": {
        "_id": {"bsonType": "string"},
        "circuit_state": {"enum": ["closed", "open", "half-open"]},
        "seen_at": {"bsonType": "date"},
    },
}
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
_JOB_LEASES = {
    "bsonType": "object",
    "required": ["_id", "lease"],
    "properties": {
        "_id": {"bsonType": "string"},
        "lease": {
            "bsonType": ["object", "null"],
            "required": ["by", "until"],
            "properties": {"by": {"bsonType": "string"}, "until": {"bsonType": "date"}},
        },
    },
}


async def create_instances(database: Database) -> None:
    """Forgotten an hour after the last beat. Raises PyMongoError."""
    await ensure(database, "instances", _INSTANCES)
    await database["instances"].create_indexes(
        [IndexModel([("seen_at", ASCENDING)], name="forgotten", expireAfterSeconds=3600)]
    )


async def create_budgets(database: Database) -> None:
    """How scores were spread, for thresholds that follow the traffic. Raises PyMongoError."""
    await ensure(database, "budget_scores", _SCORES)
    await database["budget_scores"].create_indexes(
        [
            IndexModel([("slot", DESCENDING)], name="newest"),
            IndexModel([("shared_at", ASCENDING)], name="news"),
            IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=60 * 86_400),
        ]
    )


async def create_exposure(database: Database) -> None:
    """What each gateway may approve without a score. Raises PyMongoError."""
    await ensure(database, "exposure", _EXPOSURE)


async def create_erasures(database: Database) -> None:
    """Kept for good: a gateway may be stopped for long. Raises PyMongoError."""
    await ensure(database, "erasures", _ERASURES)
    await database["erasures"].create_indexes([IndexModel([("at", ASCENDING)], name="news")])


async def create_job_leases(database: Database) -> None:
    """Which worker does which job. Raises PyMongoError."""
    await ensure(database, "job_leases", _JOB_LEASES)
