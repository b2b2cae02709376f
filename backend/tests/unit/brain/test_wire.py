"""What a caller may send, and how it becomes a question."""

from decimal import Decimal

import pytest

from brain.domain import Query
from brain.wire import InvalidTransaction, read_label, read_transaction
from protos import fraud_pb2
from tests.brain_calls import NOON_MS, a_transaction

RATES = {"USD": Decimal(1), "EUR": Decimal("1.25")}


def test_a_transaction_becomes_a_question_in_reference_currency() -> None:
    """Ids and time are kept; 100.00 EUR at 1.25 is 125.00."""
    query = read_transaction(a_transaction("t", minor_units=10_000, currency="EUR"), RATES)

    assert query == Query("t", NOON_MS, 12_500, "user_1", "merchant_1")


@pytest.mark.parametrize(
    ("decision", "is_blocked"),
    [
        (fraud_pb2.DECISION_UNSPECIFIED, False),  # from a gateway of an earlier release: as it always was
        (fraud_pb2.DECISION_APPROVE, False),
        (fraud_pb2.DECISION_REVIEW, False),
        (fraud_pb2.DECISION_BLOCK, True),
    ],
)
def test_only_a_blocked_payment_is_one_that_was_never_paid(
    decision: "fraud_pb2.Decision.ValueType", is_blocked: bool
) -> None:
    """In Observe and in Learn alike."""
    sent = a_transaction()
    sent.decision = decision
    label = fraud_pb2.Label(transaction=sent, is_fraud=True, known_at_ms=NOON_MS, revision=1)

    assert read_transaction(sent, RATES).is_blocked is is_blocked
    assert read_label(label, RATES).query.is_blocked is is_blocked


@pytest.mark.parametrize("merchant_id", [None, ""])
def test_no_merchant_is_none_however_it_is_said(merchant_id: str | None) -> None:
    """An absent and an empty merchant_id are the same."""
    assert read_transaction(a_transaction(merchant_id=merchant_id), RATES).merchant_id is None


def test_a_real_currency_without_a_rate_is_no_mistake() -> None:
    """The transaction is scored without its amount."""
    assert read_transaction(a_transaction(currency="CHF"), RATES).amount_minor is None


@pytest.mark.parametrize("currency", ["", "usd", "US", "XYZ", "$"])
def test_a_currency_that_does_not_exist_is_a_mistake(currency: str) -> None:
    """Codes are ISO 4217, upper case."""
    with pytest.raises(InvalidTransaction, match="currency"):
        read_transaction(a_transaction(currency=currency), RATES)


def test_a_free_transaction_is_allowed() -> None:
    """Card checks have an amount of zero."""
    assert read_transaction(a_transaction(minor_units=0), RATES).amount_minor == 0
