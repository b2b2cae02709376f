"""An amount in a record is the decimal that the driver makes of it, and reads back as the money that it was."""

from decimal import Decimal

import pytest
from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from money.amounts import Money
from money.currencies import EXPONENTS
from records.amounts import to_decimal128, to_money

CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@given(st.integers(0, 10**18), CURRENCIES)
def test_an_amount_is_the_decimal_that_the_driver_makes(minor_units: int, currency: str) -> None:
    """Trailing zeros are decimals of the currency, and there are as many as it has."""
    money = Money(minor_units, currency)

    stored = to_decimal128(money)

    assert stored.bid == Decimal128(money.amount).bid
    assert to_money(stored, currency) == money


@given(
    st.decimals(-(10**20), 10**20, places=4)
    | st.sampled_from([Decimal(text) for text in ("NaN", "-Infinity", "1E+3")]),
    CURRENCIES,
)
def test_any_decimal_is_read_as_the_driver_would(amount: Decimal, currency: str) -> None:
    """Also what no gateway writes: more decimals than the currency has, less than nothing, no number at all."""
    try:
        expected = Money.from_amount(amount, currency)
    except (ValueError, ArithmeticError):
        with pytest.raises((ValueError, ArithmeticError)):
            to_money(Decimal128(amount), currency)
    else:
        assert to_money(Decimal128(amount), currency) == expected
