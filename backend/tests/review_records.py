"""Verdicts that wait for a person: the shipped model seldom gives one on demand, so they are made up."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pymongo

from gateway.domain import Limits, RiskLevel, Score, Transaction, Verdict
from gateway.kit import clock
from gateway.ledger.encoding import to_document
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from money.currencies import load_rates
from tests.proof_records import sent
from tests.stack import Stack

RATES = load_rates()
LIMITS = Limits(0.1, 0.7, may_block=True, own_labels=False)


def a_verdict(
    transaction_id: str, *, amount: int = 100, currency: str = "USD", level: RiskLevel = RiskLevel.HIGH
) -> tuple[Transaction, Verdict]:
    """A scored payment; `level` high makes it a review."""
    transaction = to_transaction(
        {
            "transaction_id": transaction_id,
            "amount": Decimal(amount),
            "currency": currency,
            "user_id": "user_9",
            "merchant_id": "merchant_9",
        }
    )
    ruling = decide(Score(0.6, level, (), "made-up", "1", (), limits=LIMITS))
    return transaction, Verdict(transaction_id, ruling, "closed", 1.0, clock.now(), secrets.token_hex(16))


def ledger_of(stack: Stack, client: "pymongo.MongoClient[dict[str, Any]]") -> Any:
    """The database of a stack, found by its heartbeat."""
    instance = stack.get("/health")["instance"]
    (name,) = [
        name
        for name in client.list_database_names()
        if client[name]["instances"].find_one({"_id": instance}) is not None
    ]
    return client[name]


def add_reviews(
    stack: Stack,
    mongodb_url: str,
    *verdicts: tuple[Transaction, Verdict],
    rates: Mapping[str, Decimal] = RATES,
) -> None:
    """Records of another gateway of the same fleet, as far as this stack can tell."""
    with pymongo.MongoClient[dict[str, Any]](mongodb_url, journal=True) as client:  # a test may kill it next
        records = [sent(to_document(*verdict, rates)) for verdict in verdicts]
        ledger_of(stack, client)["transactions"].insert_many(records)
