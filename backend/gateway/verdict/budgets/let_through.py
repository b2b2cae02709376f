"""
Lets a small random share of the payments through that models would block, so that labels tell whether they were right.

What is blocked never gets a label. A model that is trained on the rest alone forgets the frauds that its predecessor
stopped; with a few of them let through, each weighted by one over its chance, it sees them again. See decision 40.

Each is money that may be lost, so a day (UTC) has a cap for all gateways together, and no gateway passes its part:

    started ──a day begins──> spending its part ──a day begins──> spending its part ── ...
       ^ nothing is let through until then, unless this gateway's own file tells of today

A gateway that hears of no others in the first minute of a day, as its ledger is away, lets nothing through that day:
several of them might each take the whole for their part.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from money.amounts import Money
from money.currencies import to_reference_minor

_DAY_S = 86_400.0
_HEARD_WITHIN_S = 60.0  # of a day's begin; gateways tell of themselves every few seconds


def _no_buyer_can_foresee() -> float:
    return secrets.randbits(53) / 2**53


@dataclass(frozen=True, slots=True)
class Spending:
    """What this gateway let through on a day; amounts in hundredths of the reference currency."""

    day: int  # since the epoch, UTC
    allowed_minor: int
    spent_minor: int = 0
    payments: int = 0


class LetThrough:
    """
    Draws which blocks are not given. Pure but for the clock and the draw that it is given.

    Args:
        share: The chance of each block, 0..1; 0: none.
        day_max_minor: What may be let through in a day, in hundredths of the reference currency, by all gateways.
        rates: Reference currency units for one unit of each currency: an amount without a rate is never let through.
        draw: Gives a number from 0 up to and without 1.

    Attributes:
        spending: Of today; None before the first look at the clock.
    """

    def __init__(
        self,
        share: float = 0.0,
        day_max_minor: int = 0,
        rates: Mapping[str, Decimal] | None = None,
        *,
        draw: Callable[[], float] = _no_buyer_can_foresee,
    ) -> None:
        self.share = share
        self.day_max_minor = day_max_minor
        self.spending: Spending | None = None
        self._rates = rates or {}
        self._draw = draw
        self._kept: Spending | None = None
        self._gateways = 0  # not heard of yet: then nobody knows what this one's part is
        self._opens_until_s = 0.0  # a day that began may get its part until then

    def turn(self, now_s: float) -> None:
        """Begin the day, if it is a new one: it is this gateway's own only when it has seen it begin."""
        day = int(now_s // _DAY_S)
        if self.spending is None:
            is_of_today = self._kept is not None and self._kept.day == day
            self.spending = self._kept if is_of_today else Spending(day, allowed_minor=0)
        elif day > self.spending.day:
            self.spending = Spending(day, allowed_minor=0)
            self._opens_until_s = now_s + _HEARD_WITHIN_S

    def take_up(self, kept: Spending | None) -> None:
        """Go on from what this gateway's file says, if that is of today; before the first `turn`."""
        self._kept = kept

    def divide(self, gateways: int, now_s: float) -> None:
        """So many gateways live, this one included: each has its part. In a day a part only ever gets smaller."""
        self._gateways = gateways
        self.turn(now_s)
        today = self.spending
        is_opening, self._opens_until_s = now_s < self._opens_until_s, 0.0
        if today is not None and (is_opening or today.allowed_minor > self._part()):
            self.spending = Spending(today.day, self._part(), today.spent_minor, today.payments)

    def take(self, money: Money, now_s: float) -> bool:
        """Whether the payment, which is about to be blocked, is let through. Then its amount is spent."""
        if self.share == 0 or self._gateways == 0:
            return False
        self.turn(now_s)
        amount_minor = to_reference_minor(money.minor_units, money.currency, self._rates)
        today = self.spending
        if today is None or amount_minor is None or today.spent_minor + amount_minor > today.allowed_minor:
            return False
        if self._draw() >= self.share:
            return False
        self.spending = Spending(today.day, today.allowed_minor, today.spent_minor + amount_minor, today.payments + 1)
        return True

    def _part(self) -> int:
        return self.day_max_minor // max(self._gateways, 1)
