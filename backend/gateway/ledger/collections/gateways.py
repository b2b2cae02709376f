"""
What gateways and workers tell each other: collections `instances` (heartbeats), `budget_scores`, `exposure`, `erasures`
and `job_leases`. Who lives and who does which job is the installation's, and so is its one policy for approving without
a score: these belong to no account.
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.collections import GIVEN_ACCOUNT, OF_ACCOUNT, Shape

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
    "required": ["_id", "account", "model", "slot", "source", "ended_at", "bins", "payments", "start", "shared_at"],
    "properties": {
        **OF_ACCOUNT,
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
    "required": ["_id", "account", "at", "transaction_ids", "done"],
    "properties": {
        "_id": {"bsonType": "objectId"},
        **OF_ACCOUNT,
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


INSTANCES = Shape(
    "instances",
    _INSTANCES,
    [IndexModel([("seen_at", ASCENDING)], name="forgotten", expireAfterSeconds=3600)],
)
BUDGET_SCORES = Shape(
    "budget_scores",
    _SCORES,
    [
        # What a start reads, newest first; what no threshold is taken from any more.
        IndexModel([("account", ASCENDING), ("slot", DESCENDING)], name="account_newest"),
        # What changed since, for gateways.
        IndexModel([("shared_at", ASCENDING)], name="news"),
        IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=60 * 86_400),
    ],
    given=GIVEN_ACCOUNT,
    replaced=("newest",),
)
EXPOSURE = Shape("exposure", _EXPOSURE)
ERASURES = Shape(
    "erasures",  # kept for good: a gateway may be stopped for long
    _ERASURES,
    # What is new, for gateways.
    [IndexModel([("at", ASCENDING)], name="news")],
    given=GIVEN_ACCOUNT,
)
JOB_LEASES = Shape("job_leases", _JOB_LEASES)
