"""Amounts of any currency become hundredths of one, exactly, or nothing at all."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from money.currencies import DEFAULT_RATES_FILE, EXPONENTS, load_rates, to_reference_minor

RATES = {"USD": Decimal(1), "EUR": Decimal("1.10"), "JPY": Decimal("0.0065"), "BHD": Decimal("2.65"), "KRW": Decimal(1)}


@pytest.mark.parametrize(
    ("minor_units", "currency", "hundredths"),
    [
        (1250, "USD", 1250),
        (1250, "EUR", 1375),
        (1250, "JPY", 812),
        (1250, "BHD", 331),
        (0, "EUR", 0),
        (1250, "KRW", 125_000),
    ],
    ids=[
        "itself",
        "two decimals",
        "no decimals, 812.5 to even",
        "three decimals",
        "nothing",
        "a rate of 1, no decimals",
    ],
)
def test_amounts_are_converted_by_their_own_decimals(minor_units: int, currency: str, hundredths: int) -> None:
    """1250 minor units are 12.50 EUR, 1250 JPY and 1.250 BHD."""
    assert to_reference_minor(minor_units, currency, RATES) == hundredths


@pytest.mark.parametrize("currency", ["CHF", "XAU", "nonsense"])
def test_a_currency_without_a_rate_is_none(currency: str) -> None:
    """The model then scores without the amount instead of with a wrong one."""
    assert to_reference_minor(1250, currency, RATES) is None


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_an_absurd_amount_still_fits_64_bits(currency: str) -> None:
    """The feature code works with 64-bit integers."""
    assert to_reference_minor(10**30, currency, RATES) == 2**62


def test_the_default_table_covers_every_currency_one_can_pay_with() -> None:
    """And says of itself that its values are approximate and of when."""
    rates = load_rates(DEFAULT_RATES_FILE)
    table = json.loads(DEFAULT_RATES_FILE.read_text())

    assert rates.keys() == EXPONENTS.keys()
    assert rates["USD"] == 1
    assert Decimal("0.8") < rates["EUR"] < Decimal("1.6")
    assert "pproximate" in table["note"]
    assert table["as_of"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"reference_currency": "USD", "rates": {"EUR": "0"}}, "positive"),
        ({"reference_currency": "USD", "rates": {"EUR": "NaN"}}, "positive"),
        ({"reference_currency": "USD", "rates": {"EUR": "much"}}, "no decimal"),
        ({"reference_currency": "USD", "rates": {"EUR": 1.1}}, "quotes"),
        ({"reference_currency": "USD", "rates": {"EURO": "1.1"}}, "EURO"),
        ({"reference_currency": "EUR", "rates": {}}, "USD"),
        ({"reference_currency": "USD"}, "object of rates"),
        ([], "object of rates"),
    ],
)
def test_a_bad_table_is_refused_with_the_reason(tmp_path: Path, table: object, complaint: str) -> None:
    """An operator's typing error stops the start instead of bending scores."""
    file = tmp_path / "rates.json"
    file.write_text(json.dumps(table))

    with pytest.raises(ValueError, match=complaint):
        load_rates(file)
