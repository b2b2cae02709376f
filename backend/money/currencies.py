"""Converts amounts to one reference currency, so that the model can compare them."""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from types import MappingProxyType

from iso4217 import Currency

REFERENCE_CURRENCY = "USD"
DEFAULT_RATES_FILE = Path(__file__).with_name("reference_rates.json")

# Decimals of each currency; those for which ISO 4217 defines none (gold, test codes) cannot be used to pay.
EXPONENTS: Mapping[str, int] = MappingProxyType(
    {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
)

_REFERENCE_EXPONENT = 2
_MINOR_MAX = 2**62
_HUNDREDTHS_MAX = Decimal(_MINOR_MAX)


def load_rates(path: Path = DEFAULT_RATES_FILE) -> dict[str, Decimal]:
    """
    Load the value of one unit of each currency in the reference currency.

    The file is a JSON object with `reference_currency` ("USD") and `rates`, an object of decimal strings by
    ISO 4217 code. Other fields (`as_of`, `note`) are for people.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such an object, has an unknown code, or a rate that is not positive and finite.
    """
    table = json.loads(path.read_bytes())
    if not isinstance(table, dict) or not isinstance(table.get("rates"), dict):
        raise ValueError(f"{path.name} needs an object of rates")  # noqa: TRY004
    if table.get("reference_currency") != REFERENCE_CURRENCY:
        raise ValueError(f"{path.name} must give its rates in {REFERENCE_CURRENCY}")
    rates = {}
    for code, text in table["rates"].items():
        if code not in EXPONENTS:
            raise ValueError(f"{path.name} names {code!r}, which is no ISO 4217 currency that can be used to pay")
        rates[code] = _rate(code, text)
    return rates


def to_reference_minor(minor_units: int, currency: str, rates: Mapping[str, Decimal]) -> int | None:
    """
    Convert an amount to hundredths of the reference currency, rounded half to even.

    Args:
        minor_units: In the currency's own minor unit: 1250 is 12.50 EUR, but 1250 JPY.
        currency: ISO 4217 code.
        rates: Reference currency units for one unit of each currency.

    Returns:
        None when the table has no rate for this currency.
    """
    rate, exponent = rates.get(currency), EXPONENTS.get(currency)
    if rate is None or exponent is None:
        return None
    if rate == 1 and exponent == _REFERENCE_EXPONENT:
        return min(minor_units, _MINOR_MAX)  # as it is: exact arithmetic costs three times as much
    hundredths = (minor_units * rate).scaleb(_REFERENCE_EXPONENT - exponent)
    return int(min(hundredths, _HUNDREDTHS_MAX).to_integral_value(ROUND_HALF_EVEN))


def _rate(code: str, text: object) -> Decimal:
    if not isinstance(text, str):
        raise ValueError(f"the rate of {code} must be a decimal in quotes: a JSON number would be rounded")  # noqa: TRY004
    try:
        rate = Decimal(text)
    except ArithmeticError as failure:
        raise ValueError(f"the rate of {code} is no decimal: {text!r}") from failure
    if not rate.is_finite() or rate <= 0:
        raise ValueError(f"the rate of {code} must be positive: {text!r}")
    return rate
