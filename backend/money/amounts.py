"""Represents exact amounts as whole minor units of a currency, never as a float."""

from decimal import Context, Decimal, Inexact

from msgspec import Struct

from money.currencies import EXPONENTS

_EXACT = Context(prec=64, traps=[Inexact])  # raises instead of rounding


class Money(Struct, frozen=True, gc=False):
    """An exact amount: 12.50 USD is 1250 minor units."""

    minor_units: int
    currency: str

    @classmethod
    def from_amount(cls, amount: Decimal, currency: str) -> "Money":
        """
        Convert an amount in major units.

        Raises:
            ValueError: it has more decimals than the currency; trailing zeros do not count.
        """
        minor = amount.scaleb(EXPONENTS[currency], context=_EXACT)
        if minor != minor.to_integral_value():
            raise ValueError(f"{currency} has {EXPONENTS[currency]} decimals")
        return cls(int(minor), currency)

    @property
    def text(self) -> str:
        """The amount in major units, with the currency's number of decimals. It is not negative."""
        decimals = EXPONENTS[self.currency]
        digits = str(self.minor_units).zfill(decimals + 1)
        return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits

    @property
    def amount(self) -> Decimal:
        """The same as a number."""
        return Decimal(self.text)
