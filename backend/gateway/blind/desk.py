"""Rules on what could not be scored: the policy in force, the caps, and what is at stake."""

from collections.abc import Mapping
from decimal import Decimal

from gateway import policy
from gateway.blind.exposure import Exposure
from gateway.blind.file import PolicyFile
from gateway.domain import Listed, Ruling, Transaction
from gateway.policy import Stance
from gateway.scoring.errors import ScorerFailure
from money.currencies import to_reference_minor


class BlindDesk:
    """Args: rates: as money.currencies.load_rates gives them."""

    def __init__(self, file: PolicyFile, exposure: Exposure, rates: Mapping[str, Decimal]) -> None:
        self._file = file
        self._exposure = exposure
        self._rates = rates

    async def rule(self, transaction: Transaction, failure: ScorerFailure, listed: Listed | None) -> Ruling:
        """
        Rule without a score. What is not approved by the caps' leave spends nothing of them.

        Waits for nobody but this machine's own disk, 0.5 s at most, and only when a chunk of a cap is used up.
        """
        rules = self._file.rules
        stance = rules.stance_of(transaction.merchant_id, transaction.request.get("channel"))
        cap = None
        if listed is None and not failure.is_refusal and stance is Stance.OPEN:
            cap = await self._exposure.spend(
                self._at_stake(transaction), user_id=transaction.user_id, merchant_id=transaction.merchant_id
            )
        return policy.decide_blind(
            failure.reason,
            is_refusal=failure.is_refusal,
            listed=listed,
            stance=stance,
            cap=cap,
            above_cap=rules.above_cap,
        )

    def _at_stake(self, transaction: Transaction) -> int | None:
        """In hundredths of the reference currency; what rounds to nothing is one, for many of them are something."""
        money = transaction.money
        amount = to_reference_minor(money.minor_units, money.currency, self._rates)
        return 1 if amount == 0 and money.minor_units else amount
