"""Fills a ledger with the payments of a town, as far as a brain reads them when it starts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from bson.decimal128 import Decimal128
from pymongo import DESCENDING, MongoClient

from benchmarks.town import Town
from records.account import ACCOUNT
from records.payments import TRANSACTIONS

DATABASE = "fraud_ledger"  # the brain's default
_BULK = 5000


def fill(url: str, town: Town) -> int:
    """Insert all payments, the last one as if it were made now. Returns how many."""
    documents = _documents(town)
    with MongoClient[dict[str, Any]](url) as client:
        transactions = client[DATABASE][TRANSACTIONS]
        transactions.create_index([("account", 1), ("created_at", DESCENDING), ("_id", DESCENDING)])
        while bulk := list(islice(documents, _BULK)):
            transactions.insert_many(bulk, ordered=False)
        return transactions.estimated_document_count()


def _documents(town: Town) -> Iterator[dict[str, Any]]:
    late = datetime.now(UTC) - datetime.fromtimestamp(int(town.world.time_ms[-1]) / 1000, UTC)
    for row in range(len(town.world.time_ms)):
        query = town.query(row)
        event_time = datetime.fromtimestamp(query.time_ms / 1000, UTC)
        yield {
            "account": ACCOUNT,
            "transaction_id": query.transaction_id,
            "created_at": event_time + late + timedelta(milliseconds=1),
            "event_time": event_time,
            "user_id": query.user_id,
            "merchant_id": query.merchant_id,
            "amount": Decimal128(Decimal(query.amount_minor or 0).scaleb(-2)),
            "currency": "USD",
            "verdict": {"decision": "approve"},
        }
