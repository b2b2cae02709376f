"""What a caller may send, and how it becomes a question."""

from decimal import Decimal

import pytest

from brain.history import Query
from brain.wire import InvalidTransaction, read_transaction
from tests.brain_calls import NOON_MS, a_transaction

RATES = {"USD": Decimal(1), "EUR": Decimal("1.25")}


def test_a_transaction_becomes_a_question_in_reference_currency() -> None:
    """Ids and time are kept; 100.00 EUR at 1.25 is 125.00."""
    query = read_transaction(a_transaction("t", minor_units=10_000, currency="EUR"), RATES)

    assert query == Query("t", NOON_MS, 12_500, "user_1", "merchant_1")


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
