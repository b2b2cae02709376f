"""A ledger as version 0.2.0 left it: records without an account, and the indexes of that time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import bson
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

from tests.old_records import record_of_version_2
from tests.proof_records import LONG_AGO, record_of

VERSION = 24
_NEWEST = ("created_at", DESCENDING), ("_id", DESCENDING)
_WAITS, _REVIEW = {"debt": True}, {"review.state": {"$exists": True}}
INDEXES = {
    "transactions": [
        IndexModel([("transaction_id", ASCENDING)], unique=True, name="transaction_id"),
        IndexModel([*_NEWEST], name="newest"),
        IndexModel([("user_id", ASCENDING), *_NEWEST], name="user"),
        IndexModel([("debt", ASCENDING), ("exposed_minor", DESCENDING)], name="debt", partialFilterExpression=_WAITS),
        IndexModel(
            [("review.state", ASCENDING), ("review.at_stake_minor", DESCENDING)],
            name="review",
            partialFilterExpression=_REVIEW,
        ),
    ],
    "outages": [
        IndexModel([("is_open", ASCENDING)], name="open", unique=True, partialFilterExpression={"is_open": True}),
        IndexModel([("from", DESCENDING), ("_id", DESCENDING)], name="newest"),
    ],
    "alerts": [IndexModel([("state", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="state")],
}


def make(database: Database[Any]) -> None:
    """Indexes, and the note of the version; no documents yet."""
    for name, indexes in INDEXES.items():
        database[name].create_indexes(indexes)
    database["schema_migrations"].insert_one({"_id": VERSION})


def old_request(n: int, **changes: Any) -> dict[str, Any]:
    """Of one payment, unlike all others."""
    return {
        "transaction_id": f"old-{n}",
        "amount": 12 + n % 50,
        "currency": "USD",
        "user_id": f"user-{n % 997}",
    } | changes


def as_of_version_2(request: dict[str, Any], *, is_blind: bool = False) -> dict[str, Any]:
    """The record of a request."""
    document, _ = record_of_version_2(record_of(request, is_blind=is_blind))
    return document


def copies(document: dict[str, Any], numbers: Iterable[int]) -> Iterable[dict[str, Any]]:
    """Many like it, quickly: each with ids and a time of its own. Their seals are not theirs."""
    for n in numbers:
        yield document | {
            "_id": bson.ObjectId(),
            "transaction_id": f"old-{n}",
            "user_id": f"user-{n % 997}",
            "created_at": LONG_AGO + timedelta(milliseconds=n),
        }
