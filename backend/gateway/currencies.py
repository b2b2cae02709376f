"""ISO 4217: which currency codes exist and how many decimals each has."""

from iso4217 import Currency

# codes without a number of decimals (gold, test codes, "no currency") are nothing one can pay in
EXPONENTS: dict[str, int] = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
