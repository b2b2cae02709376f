"""Collections `transactions` (see ledger/documents.py) and `conflicts`, records that came second."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.client import Database
from gateway.ledger.collections import ensure

DEGRADED_VERDICTS = {"verdict.degraded.0": {"$exists": True}}  # whose score was made without history
_TRANSACTIONS = {
    "bsonType": "object",
    "required": [
        "transaction_id", "digest", "created_at", "event_time", "user_id", "amount", "currency", "request", "verdict",
        "amendments",
    ],
    "properties": {
        "transaction_id": {"bsonType": "string", "minLength": 1, "maxLength": 255},
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
                "budget": {
                    "bsonType": ["object", "null"],
                    "required": ["name", "model_decision"],
                    "properties": {
                        "name": {"enum": ["may_block", "decline_cap", "review_share"]},
                        "model_decision": {"enum": ["review", "block"]},
                    },
                },
                "thresholds": {
                    "bsonType": ["object", "null"],
                    "required": ["review", "block"],
                    "properties": {
                        "review": {"bsonType": "double", "minimum": 0, "maximum": 1},
                        "block": {"bsonType": "double", "minimum": 0, "maximum": 1},
                    },
                },
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


async def create(database: Database) -> None:
    """The collection itself, and how it is searched. Raises PyMongoError."""
    await ensure(database, "transactions", _TRANSACTIONS)
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


async def check_again(database: Database) -> None:
    """What the validator allows since: a second model's opinion, budgets, long ids. Older records have none."""
    await ensure(database, "transactions", _TRANSACTIONS)


async def index_rescoring(database: Database) -> None:
    """What is looked for while the backlog is settled and outages are told. All of them are small or empty."""
    waiting, blind = {"debt": True}, {"verdict.scored": False}
    await database["transactions"].create_indexes(
        [
            IndexModel(
                [("debt", ASCENDING), ("exposed_minor", DESCENDING)], name="debt", partialFilterExpression=waiting
            ),
            IndexModel(
                [("debt", ASCENDING), ("created_at", ASCENDING)], name="oldest_debt", partialFilterExpression=waiting
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


async def queue_reviews(database: Database) -> None:
    """The review queue joins the validator; its indexes hold only what waits, or has waited, for a person."""
    await ensure(database, "transactions", _TRANSACTIONS)
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


async def index_degraded(database: Database) -> None:
    """What outages count that were no blind verdicts: holds nothing of normal times."""
    await database["transactions"].create_indexes(
        [IndexModel([("created_at", ASCENDING)], name="degraded", partialFilterExpression=DEGRADED_VERDICTS)]
    )


async def create_conflicts(database: Database) -> None:
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
