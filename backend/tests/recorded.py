"""A ledger without a gateway: a test commits payments and labels as a run of a gateway would."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128
from pymongo import MongoClient

from protos import fraud_pb2
from records.account import ACCOUNT
from records.erasures import ERASURES
from records.labels import LABELS
from records.payments import TRANSACTIONS
from records.positions import RUN_BYTES, position
from records.runs import RUNS


class CommittedRun:
    """One run in the ledger of a test."""

    def __init__(self, client: "MongoClient[dict[str, Any]]", database: str) -> None:
        self.ledger = client[database]
        self.name = secrets.token_bytes(RUN_BYTES)
        self._last = 0

    def commit(
        self,
        transactions: Sequence[fraud_pb2.Transaction],
        *,
        blocked: bool = False,
        age: timedelta = timedelta(),
        is_settled: bool = True,
    ) -> None:
        """Insert payments, decided so long ago, and say that they are settled."""
        created_at = datetime.now(UTC) - age
        documents: list[dict[str, Any]] = []
        for transaction in transactions:
            self._last += 1
            documents.append(
                {
                    "_id": position(self.name, self._last),
                    "account": ACCOUNT,
                    "transaction_id": transaction.transaction_id,
                    "created_at": created_at - timedelta(milliseconds=len(documents)),
                    "event_time": datetime.fromtimestamp(transaction.event_time_ms / 1000, UTC),
                    "user_id": transaction.user_id,
                    "merchant_id": transaction.merchant_id or None,
                    "amount": Decimal128(Decimal(transaction.amount.minor_units).scaleb(-2)),
                    "currency": transaction.amount.currency,
                    "verdict": {"decision": "block" if blocked else "approve"},
                }
            )
        self.ledger[TRANSACTIONS].insert_many(documents)
        if is_settled:
            self.settle()

    def settle(self) -> None:
        """Say that all of it is settled."""
        told = {"settled": self._last, "settled_at": datetime.now(UTC), "seen_at": datetime.now(UTC)}
        self.ledger[RUNS].update_one({"_id": self.name}, {"$set": told}, upsert=True)

    def label(self, transaction_id: str, *, is_fraud: bool, known_at_ms: int, revision: int = 1) -> None:
        """Say what one turned out to be."""
        said = {"is_fraud": is_fraud, "known_at": datetime.fromtimestamp(known_at_ms / 1000, UTC), "revision": revision}
        self.ledger[LABELS].replace_one({"_id": transaction_id}, said | {"recorded_at": datetime.now(UTC)}, upsert=True)

    def erase(self, *transaction_ids: str) -> None:
        """Take the person out of these records, and say so."""
        self.ledger[TRANSACTIONS].update_many(
            {"transaction_id": {"$in": list(transaction_ids)}}, {"$set": {"user_id": ""}}
        )
        self.ledger[ERASURES].insert_one({"at": datetime.now(UTC), "transaction_ids": list(transaction_ids)})


@contextmanager
def committed_run(mongodb_url: str, databases: Mapping[str, str]) -> Iterator[CommittedRun]:
    """A run in the ledger of a test, which is dropped in the end."""
    with MongoClient[dict[str, Any]](mongodb_url, w="majority") as client:
        yield CommittedRun(client, databases["BRAIN_LEDGER_DATABASE"])
        client.drop_database(databases["BRAIN_LEDGER_DATABASE"])
