"""
Collections `chain`, see ledger/audit_chain.py, and `chain_runs`, see features/audit/runs.py.

They are of gateways' runs and so of no account: one batch holds records of all. An entry that says no account is about
one of `house`.
"""

from typing import Any

from pymongo import ASCENDING, IndexModel

from gateway.ledger.collections import Shape
from records.runs import RUN_KEPT_DAYS, RUNS

_DAY_S = 86_400
_HASH = {"bsonType": "binData"}
_PLACE = {"writer": {"bsonType": "string"}, "seq": {"bsonType": ["int", "long"], "minimum": 1}}
_HEAD = {
    "bsonType": "object",
    "required": ["writer", "seq", "digest"],
    "properties": {**_PLACE, "digest": _HASH},
}
_ENTRY = {
    "bsonType": "object",
    "required": ["transaction_id", "kind", "leaf"],
    "properties": {
        "transaction_id": {"bsonType": "string"},
        "kind": {"enum": ["insert", "amend"]},
        "leaf": _HASH,
    },
}
_LINK: dict[str, Any] = {
    "bsonType": "object",
    "required": ["_id", "prev", "digest", "at", "heads", "entries"],
    "properties": {
        "_id": {"bsonType": "object", "required": ["writer", "seq"], "properties": _PLACE},
        "prev": _HASH,
        "digest": _HASH,
        "at": {"bsonType": "date"},
        "heads": {"bsonType": "array", "items": _HEAD},
        "entries": {"bsonType": "array", "minItems": 1, "maxItems": 500, "items": _ENTRY},
    },
}
_RUN = {
    "bsonType": "object",
    "required": ["_id", "seen_at", "settled"],
    "properties": {
        "_id": {"bsonType": "binData"},
        "seen_at": {"bsonType": "date"},
        "settled": {"bsonType": ["int", "long"], "minimum": 0},
    },
}

# By time: what was chained while the records were read.
CHAIN = Shape("chain", _LINK, [IndexModel([("at", ASCENDING)], name="at")])
CHAIN_RUNS = Shape(
    RUNS,
    _RUN,
    [
        # Which runs have news, for those who read on from a mark.
        IndexModel([("settled_at", ASCENDING)], name="news"),
        IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=RUN_KEPT_DAYS * _DAY_S),
    ],
)
