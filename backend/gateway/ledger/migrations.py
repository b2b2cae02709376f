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
        "review": {
            "bsonType": "object",
            "required": ["state", "reason", "since", "at_stake_minor", "history"],
            "properties": {
                "state": {"enum": ["open", "claimed", "decided"]},
                "reason": {"enum": ["verdict", "flip"]},
                "since": {"bsonType": "date"},
                "at_stake_minor": {"bsonType": ["int", "long", "null"]},
                "claim_until": {"bsonType": ["date", "null"]},
                "decision": {"enum": ["approve", "block", None]},
                "history": {"bsonType": "array", "maxItems": 50},
            },
        },
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


async def _create_chain(database: Database) -> None:
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
    await _ensure_collection(
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


async def _create_alerts(database: Database) -> None:
    await _ensure_collection(database, "alerts", _ALERTS)
    await database["alerts"].create_indexes(
        [
            IndexModel([("next_at", ASCENDING)], name="due", partialFilterExpression={"state": "pending"}),
            IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel([("state", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="state"),
            IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=30 * 24 * 3600),
        ]
    )


async def _index_debts(database: Database) -> None:
    """What is looked for while debts are settled and outages are told. All of them are small or empty."""
    debt, blind = {"debt": True}, {"verdict.scored": False}
    await database["transactions"].create_indexes(
        [
            IndexModel([("debt", ASCENDING), ("exposed_minor", DESCENDING)], name="debt", partialFilterExpression=debt),
            IndexModel(
                [("debt", ASCENDING), ("created_at", ASCENDING)], name="oldest_debt", partialFilterExpression=debt
            ),
            IndexModel([("created_at", ASCENDING)], name="blind", partialFilterExpression=blind),
            IndexModel(
                [("debt_reason", ASCENDING), ("created_at", ASCENDING)],
                name="doubted",
                partialFilterExpression={"debt_reason": {"$exists": True}},
            ),
            IndexModel(
                [("amended_at", ASCENDING)],
                name="amended_at",
                partialFilterExpression={"amended_at": {"$exists": True}},
            ),
            IndexModel(
                [("alert_pending", ASCENDING)],
                name="alert_pending",
                partialFilterExpression={"alert_pending": True},
            ),
        ]
    )


async def _queue_reviews(database: Database) -> None:
    """The review queue joins the validator; its indexes hold only what waits, or has waited, for a person."""
    await _ensure_collection(database, "transactions", _TRANSACTIONS)
    await database["transactions"].create_indexes(
        [
            IndexModel(
                [
                    ("review.state", ASCENDING),
                    ("review.at_stake_minor", DESCENDING),
                    ("review.since", ASCENDING),
                    ("_id", ASCENDING),
                ],
                name="review",
                partialFilterExpression={"review.state": {"$exists": True}},
            ),
            IndexModel(
                [("review.decided_at", ASCENDING)],
                name="review_label_pending",
                partialFilterExpression={"review.label_pending": True},
            ),
        ]
    )


async def _create_outages(database: Database) -> None:
    """However many gateways see it begin: at most one is open."""
    await _ensure_collection(
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


_STEPS: dict[int, Callable[[Database], Awaitable[None]]] = {
    1: _create_transactions,
    2: _create_instances,
    3: _create_labels,
    4: _check_shadows,
    5: _create_conflicts,
    6: _create_chain,
    7: _create_alerts,
    8: _index_debts,
    9: _create_outages,
    10: _queue_reviews,
}
NEWEST = max(_STEPS)


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
    while (await _version(database)) < NEWEST:
        if not await _take_lock(database, holder):
            await asyncio.sleep(_LOCK_POLL_S)
            continue
        try:
            for number in range(await _version(database) + 1, NEWEST + 1):
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
