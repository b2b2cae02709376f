"""Collections `transactions` (see ledger/documents.py) and `conflicts`, records that came second."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.domain import BudgetName
from gateway.ledger.collections import GIVEN_ACCOUNT, OF_ACCOUNT, Shape
from records.account import ACCOUNT
from records.older import RENAMED

DEGRADED_VERDICTS = {"verdict.degraded.0": {"$exists": True}}  # whose score was made without history
_NEWEST = ("created_at", DESCENDING), ("_id", DESCENDING)
_ACCOUNT = ("account", ASCENDING)
_RECORD = {
    "bsonType": "object",
    "required": [
        "account", "transaction_id", "digest", "created_at", "event_time", "user_id", "amount", "currency", "request",
        "verdict", "amendments",
    ],
    "properties": {
        **OF_ACCOUNT,
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
            "required": ["state", "reason", "since", "history"],
            "properties": {
                "state": {"enum": ["open", "claimed", "decided"]},
                "reason": {"enum": ["verdict", "flip"]},
                "since": {"bsonType": "date"},
                "amount_reference_minor": {"bsonType": ["int", "long", "null"]},
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
                        "name": {"enum": [name.value for name in BudgetName]},
                        "model_decision": {"enum": ["review", "block"]},
                        "probability": {"bsonType": "double", "minimum": 0, "maximum": 1},
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
_OF_BACKLOG = [
    # The worker's next batch of the rescore backlog, largest amounts first, and how many there are.
    IndexModel(
        [("needs_rescore", ASCENDING), ("amount_reference_minor", DESCENDING)],
        name="needs_rescore",
        partialFilterExpression={"needs_rescore": True},
    ),
    # How many wait and since when; whether one of an outage's time does.
    IndexModel(
        [_ACCOUNT, ("needs_rescore", ASCENDING), ("created_at", ASCENDING)],
        name="account_oldest_unscored",
        partialFilterExpression={"needs_rescore": True},
    ),
]
_INDEXES = [
    # On every insert. Callers choose ids, so the first one grows in random places; the others at their end.
    # One record by its id: a retry, a look-up, a label's record, a search for the beginning of an id.
    IndexModel([_ACCOUNT, ("transaction_id", ASCENDING)], unique=True, name="account_transaction_id"),
    # A page of all records, or of a time; the brain's history from the newest on.
    IndexModel([_ACCOUNT, *_NEWEST], name="account_newest"),
    # A page of one user's records; the records of a person who is erased.
    IndexModel([_ACCOUNT, ("user_id", ASCENDING), *_NEWEST], name="account_user"),
    # A page of one merchant's records.
    IndexModel(
        [_ACCOUNT, ("merchant_id", ASCENDING), *_NEWEST],
        name="account_merchant",
        partialFilterExpression={"merchant_id": {"$type": "string"}},
    ),
    # Of few records from here on.
    *_OF_BACKLOG,
    # The figures of an outage: verdicts without a score, with one that is suspect, with one without history.
    IndexModel(
        [_ACCOUNT, ("created_at", ASCENDING)],
        name="account_unscored",
        partialFilterExpression={"verdict.scored": False},
    ),
    IndexModel(
        [_ACCOUNT, ("rescore_reason", ASCENDING), ("created_at", ASCENDING)],
        name="account_suspect",
        partialFilterExpression={"rescore_reason": {"$exists": True}},
    ),
    IndexModel(
        [_ACCOUNT, ("created_at", DESCENDING)],
        name="account_degraded",
        partialFilterExpression=DEGRADED_VERDICTS,
    ),
    # A page of the review queue.
    IndexModel(
        [
            _ACCOUNT,
            ("review.state", ASCENDING),
            ("review.amount_reference_minor", DESCENDING),
            ("review.since", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="account_review",
        partialFilterExpression={"review.state": {"$exists": True}},
    ),
    # What one process looks for in all accounts: decisions of people that are no labels yet,
    IndexModel(
        [("review.decided_at", ASCENDING)],
        name="review_label_pending",
        partialFilterExpression={"review.label_pending": True},
    ),
    # amendments of a model that turned out unhealthy,
    IndexModel(
        [("amended_at", ASCENDING)],
        name="amended_at",
        partialFilterExpression={"amended_at": {"$exists": True}},
    ),
    # flips that nobody was told of, and what the audit chain lacks.
    *(
        IndexModel(
            [(flag, ASCENDING), *([("created_at", ASCENDING)] if flag != "alert_pending" else [])],
            name=flag,
            partialFilterExpression={flag: True},
        )
        for flag in ("alert_pending", "chain_pending")
    ),
]

TRANSACTIONS = Shape(
    "transactions",
    _RECORD,
    _INDEXES,
    _OF_BACKLOG,
    given={"$set": {"account": ACCOUNT}, "$rename": RENAMED, "$unset": {"observe_pending": ""}},
    first=({"debt": True}, {"review.state": {"$in": ["open", "claimed"]}, "review.at_stake_minor": {"$exists": True}}),
    replaced=(
        "transaction_id", "newest", "user", "merchant", "debt", "oldest_debt", "blind", "doubted", "degraded", "review",
        "observe_pending",
    ),
)  # fmt: skip

CONFLICTS = Shape(
    "conflicts",  # _id is the record's own, so that one is kept once; seldom more than a few, read as a whole
    {
        "bsonType": "object",
        "required": ["_id", "account", "transaction_id", "at", "instance", "record"],
        "properties": {
            "_id": {"bsonType": "objectId"},
            **OF_ACCOUNT,
            "transaction_id": {"bsonType": "string"},
            "at": {"bsonType": "date"},
            "instance": {"bsonType": "string"},
            "record": {"bsonType": "object"},
        },
    },
    given=GIVEN_ACCOUNT,
    replaced=("transaction_id",),
)
