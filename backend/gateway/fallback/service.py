"""Decides transactions that could not be scored: by the policy in force and its caps."""

from collections.abc import Mapping
from decimal import Decimal

from gateway.domain import BlindReason, Listed, Ruling, Transaction
from gateway.fallback.caps import Exposure
from gateway.fallback.policy import Stance, decide_blind
from gateway.fallback.policy_file import PolicyFile
from money.currencies import to_reference_minor


class FallbackService:
    """
    Decides transactions without a score.

    Args:
        file: The fallback policy in force.
        exposure: The caps on what is approved without a score.
        rates: Units of the reference currency for one unit of each currency.
    """

    def __init__(self, file: PolicyFile, exposure: Exposure, rates: Mapping[str, Decimal]) -> None:
        self._file = file
        self._exposure = exposure
        self._rates = rates

    async def rule(
        self, transaction: Transaction, reason: BlindReason, listed: Listed | None, *, is_refusal: bool = False
    ) -> Ruling:
        """
        Decide a transaction without a score. What is not approved within the caps spends nothing of them.

        Waits only for this machine's own disk, 0.5 s at most, and only when a chunk of a cap is used up.

        Args:
            reason: Why there is no score.
            listed: The list that decides it, if one does.
            is_refusal: The scorer is well, and will not score this very transaction.
        """
        rules = self._file.rules
        stance = rules.stance_of(transaction.merchant_id, transaction.request.get("channel"))
        cap = None
        if listed is None and not is_refusal and stance is Stance.OPEN:
            cap = await self._exposure.spend(
                self._amount_reference_minor(transaction),
                user_id=transaction.user_id,
                merchant_id=transaction.merchant_id,
            )
        return decide_blind(
            reason,
            is_refusal=is_refusal,
            listed=listed,
            stance=stance,
            cap=cap,
            above_cap=rules.above_cap,
        )

    def _amount_reference_minor(self, transaction: Transaction) -> int | None:
        """In hundredths of the reference currency; what rounds to nothing is one, for many of them are something."""
        money = transaction.money
        amount = to_reference_minor(money.minor_units, money.currency, self._rates)
        return 1 if amount == 0 and money.minor_units else amount
