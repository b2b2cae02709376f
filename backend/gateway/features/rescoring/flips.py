"""
Raises alerts for verdicts that a later score turned to review or block.

The flip and `alert_pending` are one update of the record, and the flag is taken off once the alert is written down: so
no death of a worker loses it. One amendment is one alert, however often it is raised.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RecordAlerts
from gateway.features.rescoring.store import Flip

LOOK_S = 5.0  # for those of a worker that is gone; our own wake us
_BATCH_MAX = 200


class PendingFlips(Protocol):
    """Keeps flips: `gateway.features.rescoring.store.RescoreBacklog` in production. All may raise LedgerFailure."""

    async def unnotified(self, limit: int) -> list[Flip]:
        """Find flips whose alert was perhaps never raised."""

    async def mark_notified(self, notified: Mapping[ObjectId, int]) -> None:
        """Note that the alerts of these were raised: of the amendment with that number."""


class FlipNotifier:
    """
    Begins with what earlier runs left; what is flagged at the end is left to the next run.

    Args:
        kept: Where flips are.
        record_alerts: As alerting.py says.
    """

    def __init__(self, kept: PendingFlips, record_alerts: RecordAlerts) -> None:
        self._kept = kept
        self._record_alerts = record_alerts

    async def look(self) -> bool:
        """Raise alerts of what is new; whether there may be more. Raises LedgerFailure."""
        flips = await self._kept.unnotified(_BATCH_MAX)
        if not flips:
            return False
        await self._record_alerts([(AlertKind.VERDICT_AMENDED, _key(flip), to_data(flip)) for flip in flips])
        await self._kept.mark_notified({flip.record_id: flip.number for flip in flips})
        return len(flips) == _BATCH_MAX


def _key(flip: Flip) -> str:
    return f"{flip.transaction.transaction_id}/{flip.number}"


def to_data(flip: Flip) -> dict[str, Any]:
    """Make what the alert says."""
    amendment, transaction = flip.amendment, flip.transaction
    return {
        "transaction_id": transaction.transaction_id,
        "old": amendment.old_decision.value,
        "new": amendment.new_decision.value,
        "score": amendment.score.risk_score,
        "reason": amendment.reason,
        "amount": str(transaction.money.amount),
        "currency": transaction.money.currency,
        "user_id": transaction.user_id,
        "merchant_id": transaction.merchant_id,
        "model": {"name": amendment.score.model_name, "version": amendment.score.model_version},
    }
