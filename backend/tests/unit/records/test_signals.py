"""What a request tells is one and the same over the wire, in the record, and for a brain that reads the ledger."""

import json
from decimal import Decimal
from typing import Any

import bson
import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given

from brain.domain import Query
from brain.history.scan import to_queries
from brain.wire import read_transaction
from gateway.domain import Transaction, Verdict
from gateway.ledger.documents import AWARE, to_transaction
from gateway.ledger.encoding import to_document
from gateway.scoring.wire import to_wire
from gateway.verdict.intake.decoding import decode_json
from gateway.verdict.intake.decoding import to_transaction as take
from gateway.verdict.policy import decide
from protos import fraud_pb2
from records.payments import PAYMENT, to_payment
from tests.proof_records import LONG_AGO, SCORE
from tests.requests import requests

RATES = {"USD": Decimal(1)}
FOUR = {"transaction_id": "t", "amount": 12.5, "currency": "USD", "user_id": "u"}
FULL = FOUR | {
    "timestamp": "2026-01-02T03:04:05.678-03:30", "merchant_id": "m", "payment_method": "wallet", "channel": "web",
    "merchant": {"name": "Shop", "mcc": "5812", "category": "restaurants", "country": "CH"},
    "card": {"token": "tok_1", "bin": "41111122", "last4": "1111", "country": "GB", "funding": "debit"},
    "device": {"id": "d-1", "ip": "[2001:db8::1]:443", "user_agent": "Mozilla", "session_id": "s-1"},
    "location": {"country": "DE"}, "billing": {"country": "FR", "postal_code": "75001"},
    "shipping": {"country": "NL", "postal_code": "1012 AB"},
    "customer": {"email": "Jane@Example.com", "created_at": "1970-01-01T00:00:12.345678Z"},
}  # fmt: skip


def taken(body: dict[str, Any]) -> Transaction:
    """The request as the gateway takes it."""
    return take(decode_json(json.dumps(body, default=float).encode()))


def sent(transaction: Transaction) -> Query:
    """Over the wire, as bytes."""
    message = fraud_pb2.Transaction.FromString(to_wire(transaction).SerializeToString())
    return read_transaction(message, RATES)


def stored(transaction: Transaction) -> dict[str, Any]:
    """As it is in the ledger."""
    verdict = Verdict(transaction.transaction_id, decide(SCORE), "closed", 1.5, LONG_AGO, "0" * 32)
    return dict(bson.decode(to_document(transaction, verdict).raw, AWARE))


def projected(document: dict[str, Any]) -> dict[str, Any]:
    """What the projection leaves of a record."""
    left: dict[str, Any] = {"_id": document["_id"], "request": {}}
    for path in PAYMENT:
        *parents, name = path.split(".")
        source, target = document, left
        for parent in parents:
            source, target = source.get(parent, {}), target.setdefault(parent, {})
        if name in source:
            target[name] = source[name]
    return left


def test_all_that_is_told_reaches_the_brain() -> None:
    """Each signal under its name; of the address only its hash and its domain."""
    query = sent(taken(FULL))

    assert query == Query(
        transaction_id="t",
        time_ms=query.time_ms,
        amount_minor=1250,
        user_id="u",
        merchant_id="m",
        card="tok_1",
        card_bin="411111",
        card_country="GB",
        location_country="DE",
        merchant_country="CH",
        billing_country="FR",
        shipping_country="NL",
        card_funding="debit",
        device="d-1",
        address="2001:db8::1",
        email="8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d",
        email_domain="example.com",
        account_created_ms=12_345,
        category="restaurants",
        channel="web",
        payment_method="wallet",
        utc_offset_min=-210,
    )


def test_four_fields_tell_nothing_else() -> None:
    """Nor does the message grow by a byte."""
    transaction = taken(FOUR)

    assert not to_wire(transaction).HasField("signals")
    assert sent(transaction) == Query("t", sent(transaction).time_ms, 1250, "u", None)


def test_a_category_code_stands_for_a_category() -> None:
    """Where there are no words for it."""
    assert sent(taken(FOUR | {"merchant": {"mcc": "5812"}})).category == "5812"


@given(requests())
def test_a_record_says_what_was_sent(body: dict[str, Any]) -> None:
    """To a brain that reads the ledger, and to one that scores the payment again."""
    transaction = taken(body)
    document = stored(transaction)

    query = sent(transaction)

    assert to_queries([to_payment(projected(document))], RATES) == [query]
    assert sent(to_transaction(document)) == query


def test_an_erased_person_has_no_signals() -> None:
    """Nor does a record from before there were any."""
    document = stored(taken(FULL)) | {"request": {}, "user_id": ""}

    (query,) = to_queries([to_payment(projected(document))], RATES)

    assert query == Query("t", query.time_ms, 1250, "", "m")


def transaction_of_before() -> type[Message]:
    """The message as the version before knew it."""
    file = descriptor_pb2.FileDescriptorProto()
    fraud_pb2.DESCRIPTOR.CopyToProto(file)
    transaction = next(message for message in file.message_type if message.name == "Transaction")
    transaction.field.remove(next(field for field in transaction.field if field.name == "signals"))
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("sentinel.fraud.v1.Transaction"))


def test_brains_and_gateways_of_the_version_before_understand_this_one() -> None:
    """To each of them the payment is what it was: amount, user and merchant."""
    before, message = transaction_of_before(), to_wire(taken(FULL))
    read_before = before.FromString(message.SerializeToString())
    message.ClearField("signals")

    assert read_before.ListFields() == before.FromString(message.SerializeToString()).ListFields()
    query = read_transaction(fraud_pb2.Transaction.FromString(message.SerializeToString()), RATES)
    assert query == Query("t", query.time_ms, 1250, "u", "m")


@pytest.mark.parametrize(
    ("signals", "named"),
    [
        ({"device": "d" * 9000}, "signals"),
        ({"account_created_ms": -1}, "account_created_ms"),
        ({"account_created_ms": 2**62}, "account_created_ms"),
        ({"utc_offset_min": 1440}, "utc_offset_min"),
    ],
)
def test_what_no_gateway_sends_is_refused(signals: dict[str, Any], named: str) -> None:
    """A caller's mistake, of which the brain keeps nothing."""
    message = to_wire(taken(FOUR))
    message.signals.MergeFrom(fraud_pb2.Signals(**signals))

    with pytest.raises(ValueError, match=named):
        read_transaction(message, RATES)
