"""
The ledger's collections, validators and indexes, as numbered steps that are each safe to repeat.

A gateway applies what is missing before it records its first verdict: without the unique index 200 ids became 245
documents under concurrency. One gateway at a time holds the lock; the others wait and find nothing left to do.
"""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.errors import CollectionInvalid

from gateway.ledger.client import Database

_log = structlog.get_logger()
_LOCK_S = 60  # longer than any step takes; a crashed holder holds nobody up for longer
_LOCK_POLL_S = 0.2

_TRANSACTIONS = {
    "bsonType": "object",
    "required": [
        "transaction_id", "digest", "created_at", "event_time", "user_id", "amount", "currency", "request", "verdict",
        "amendments",
    ],
    "properties": {
        "transaction_id": {"bsonType": "string", "minLength": 1, "maxLength": 64},
        "digest": {"bsonType": "binData"},
        "created_at": {"bsonType": "date"},
        "event_time": {"bsonType": "date"},
        "user_id": {"bsonType": "string"},
        "merchant_id": {"bsonType": ["string", "null"]},
        "amount": {"bsonType": "decimal"},
        "currency": {"bsonType": "string", "minLength": 3, "maxLength": 3},
        "request": {"bsonType": "object"},
        "amendments": {"bsonType": "array"},
        "verdict": {
            "bsonType": "object",
            "required": ["decision", "is_fraud", "scored", "risk_score", "risk_level", "decision_source"],
            "properties": {
                "decision": {"enum": ["approve", "review", "block"]},
                "is_fraud": {"bsonType": "bool"},
                "scored": {"bsonType": "bool"},
                "risk_level": {"enum": ["low", "medium", "high", "critical", "unknown"]},
                "decision_source": {"enum": ["model", "list", "rule", "fallback"]},
                "shadow": {
                    "bsonType": ["object", "null"],
                    "required": ["model", "risk_score", "risk_level", "decision"],
                    "properties": {
                        "model": {"bsonType": "object", "required": ["name", "version"]},
                        "risk_score": {"bsonType": "double", "minimum": 0, "maximum": 1},
                        "risk_level": {"enum": ["low", "medium", "high", "critical"]},
                        "decision": {"enum": ["approve", "review", "block"]},
                    },
                },
            },
            # a blind verdict can never be stored as a clean one, whoever writes it
            "oneOf": [
                {
                    "properties": {
                        "scored": {"enum": [True]},
                        "risk_score": {"bsonType": "double", "minimum": 0, "maximum": 1},
                    }
                },
                {
                    "properties": {
                        "scored": {"enum": [False]},
                        "risk_score": {"bsonType": "null"},
                        "risk_level": {"enum": ["unknown"]},
                    }
                },
            ],
        },
    },
}  # fmt: skip

_INSTANCES = {
    "bsonType": "object",
    "required": ["_id", "circuit_state", "seen_at"],
    "properties": {
        "_id": {"bsonType": "string"},
        "circuit_state": {"enum": ["closed", "open", "half-open"]},
        "seen_at": {"bsonType": "date"},
    },
}


_LABELS = {
    "bsonType": "object",
    "required": ["_id", "is_fraud", "source", "known_at", "recorded_at", "revision", "previous"],
    "properties": {
        "_id": {"bsonType": "string", "minLength": 1, "maxLength": 64},
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
        "_id": {"bsonType": "string", "minLength": 1, "maxLength": 160},
        "list": {"enum": ["deny", "allow"]},
        "kind": {"enum": ["user", "merchant", "card", "device", "ip", "country"]},
        "value": {"bsonType": "string", "minLength": 1, "maxLength": 128},
        "reason": {"bsonType": "string", "minLength": 1, "maxLength": 256},
        "expires_at": {"bsonType": ["date", "null"]},
        "created_at": {"bsonType": "date"},
        "updated_at": {"bsonType": "date"},
        "deleted_at": {"bsonType": "date"},
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


async def _ensure_collection(database: Database, name: str, schema: dict[str, Any]) -> None:
    with contextlib.suppress(CollectionInvalid):  # a step is safe to repeat
        await database.create_collection(name)
    await database.command("collMod", name, validator={"$jsonSchema": schema})


async def _create_transactions(database: Database) -> None:
    await _ensure_collection(database, "transactions", _TRANSACTIONS)
    await database["transactions"].create_indexes(
        [
            # Callers choose ids, so this index grows in random places; all others grow at their end or are small.
            IndexModel([("transaction_id", ASCENDING)], unique=True, name="transaction_id"),
            IndexModel([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel([("user_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="user"),
            IndexModel(
                [("merchant_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
                name="merchant",
                partialFilterExpression={"merchant_id": {"$type": "string"}},
            ),
            IndexModel(
                [("observe_pending", ASCENDING), ("created_at", ASCENDING)],
                name="observe_pending",
                partialFilterExpression={"observe_pending": True},
            ),
        ]
    )


async def _create_instances(database: Database) -> None:
    await _ensure_collection(database, "instances", _INSTANCES)
    await database["instances"].create_indexes(
        [IndexModel([("seen_at", ASCENDING)], name="forgotten", expireAfterSeconds=3600)]
    )


async def _create_labels(database: Database) -> None:
    await _ensure_collection(database, "labels", _LABELS)
    await database["labels"].create_indexes(
        [
            IndexModel(
                [("learn_pending", ASCENDING), ("recorded_at", ASCENDING)],
                name="learn_pending",
                partialFilterExpression={"learn_pending": True},
            )
        ]
    )


async def _check_shadows(database: Database) -> None:
    """A second model's opinion joins the validator. Records from before have none, which stays allowed."""
    await _ensure_collection(database, "transactions", _TRANSACTIONS)


async def _create_conflicts(database: Database) -> None:
    """Records that came second. _id is the record's own, so that one is kept once."""
    await _ensure_collection(
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


async def _create_lists_and_exposure(database: Database) -> None:
    """What people have settled beforehand; and what each gateway may approve without a score."""
    await _ensure_collection(database, "exposure", _EXPOSURE)
    await _ensure_collection(database, "lists", _LISTS)
    await database["lists"].create_indexes(
        [
            IndexModel([("updated_at", ASCENDING)], name="news"),
            IndexModel([("expires_at", ASCENDING)], name="expired", expireAfterSeconds=0),
            # every gateway hears of it within a second; who was away for longer reads all
            IndexModel([("deleted_at", ASCENDING)], name="taken_off", expireAfterSeconds=86_400),
        ]
    )


_STEPS: dict[int, Callable[[Database], Awaitable[None]]] = {
    1: _create_transactions,
    2: _create_instances,
    3: _create_labels,
    4: _check_shadows,
    5: _create_conflicts,
    6: _create_lists_and_exposure,
}


def new_holder() -> str:
    """A name for whoever may hold the lock, unlike any other."""
    return f"{socket.gethostname()}:{secrets.token_hex(8)}"


async def migrate(database: Database, *, holder: str) -> None:
    """
    Bring the database to the newest version.

    Args:
        holder: From `new_holder`. Who tries again after an outage keeps it, and so takes up its own lock.

    Raises:
        PyMongoError: the server is away or refuses; nothing half-done stands in the way of a repeat.
    """
    done = database["schema_migrations"]
    while (await _version(database)) < max(_STEPS):
        if not await _take_lock(database, holder):
            await asyncio.sleep(_LOCK_POLL_S)
            continue
        try:
            for number in range(await _version(database) + 1, max(_STEPS) + 1):
                await _STEPS[number](database)
                await done.update_one({"_id": number}, {"$currentDate": {"applied_at": True}}, upsert=True)
                _log.info("ledger.migrated", version=number)
        finally:
            await done.delete_one({"_id": "lock", "holder": holder})


async def _version(database: Database) -> int:
    newest = await database["schema_migrations"].find_one({"_id": {"$type": "number"}}, sort=[("_id", DESCENDING)])
    return int(str(newest["_id"])) if newest else 0


async def _take_lock(database: Database, holder: str) -> bool:
    """By the server's clock: gateways need not agree on the time. Its holder takes it again."""
    free = {"$lt": ["$until", "$$NOW"]}  # also where there is no lock yet: a missing time is before any
    taken = {"holder": holder, "until": {"$add": ["$$NOW", _LOCK_S * 1000]}}
    lock = await database["schema_migrations"].find_one_and_update(
        {"_id": "lock"},
        [{"$replaceWith": {"$cond": [free, {"$mergeObjects": ["$$ROOT", taken]}, "$$ROOT"]}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return bool(lock["holder"] == holder)
