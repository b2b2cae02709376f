"""Documents as they stand in the ledger, for tests that put them there themselves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient

from gateway.settings import Settings
from records.account import ACCOUNT


def a_label(transaction_id: str, *, is_fraud: bool) -> dict[str, Any]:
    """A label that the brain knows already."""
    now = datetime.now(UTC)
    return {
        "_id": transaction_id,
        "account": ACCOUNT,
        "transaction_id": transaction_id,
        "is_fraud": is_fraud,
        "source": "chargeback",
        "known_at": now,
        "recorded_at": now,
        "revision": 1,
        "previous": [],
    }


def fill(settings: Settings, records: Iterable[dict[str, Any]]) -> None:
    """Insert records, however short, and however long it takes: a gateway's own client gives up after 3 s."""
    with MongoClient[dict[str, Any]](settings.mongodb_url.get_secret_value()) as client:
        transactions = client[settings.ledger_database]["transactions"]
        transactions.insert_many(
            ({"account": ACCOUNT, **record} for record in records), bypass_document_validation=True
        )
