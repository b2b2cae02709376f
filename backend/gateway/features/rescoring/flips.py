"""
Raises alerts for verdicts that a later score turned to review or block.

The flip and `alert_pending` are one update of the record, so no death of a gateway loses the alert. It is raised by
whoever looks first, perhaps by several: one amendment is one alert, however often it is raised.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RaiseAlert
from gateway.errors import LedgerFailure
from gateway.features.rescoring.store import Flip
from gateway.kit.periodic import Periodic

_LOOK_S = 5.0  # for those of a gateway that is gone; our own wake us
_BATCH_MAX = 200
_SETTLE_S = 5.0  # a raised alert is written down in the background; only then is its flag taken off


class PendingFlips(Protocol):
    """Keeps flips: `gateway.features.rescoring.store.RescoreBacklog` in production. All may raise LedgerFailure."""

    async def unnotified(self, limit: int, *, besides: Collection[ObjectId] = ()) -> list[Flip]:
        """Flips, besides these, whose alert was perhaps never raised."""

    async def mark_notified(self, notified: Mapping[ObjectId, int]) -> None:
        """The alerts of these were raised: of the amendment with that number."""


class FlipNotifier(Periodic):
    """Begins with what earlier runs left; what is flagged at the end is left to the next run."""

    def __init__(
        self,
        kept: PendingFlips,
        raise_alert: RaiseAlert,
        *,
        ledger_is_healthy: Callable[[], bool],
        now_s: Callable[[], float],
    ) -> None:
        """Args: now_s: monotonic seconds; the rest as for `Rescorer`."""
        super().__init__("flips", self.look, every_s=_LOOK_S, expected=(LedgerFailure,))
        self._backlog = kept
        self._raise_alert = raise_alert
        self._ledger_is_healthy = ledger_is_healthy
        self._now_s = now_s
        self._notified: dict[ObjectId, tuple[float, int]] = {}  # when, and which amendment

    async def look(self) -> None:
        """Raise alerts for what is new, and take the flags off what was raised a while ago. Raises LedgerFailure."""
        if not self._ledger_is_healthy():
            return
        for flip in await self._backlog.unnotified(_BATCH_MAX, besides=self._notified):
            key = f"{flip.transaction.transaction_id}/{flip.number}"
            self._raise_alert(AlertKind.VERDICT_AMENDED, key, to_data(flip))
            self._notified[flip.record_id] = (self._now_s(), flip.number)
        settled = {
            name: n for name, (notified_at_s, n) in self._notified.items() if self._now_s() - notified_at_s >= _SETTLE_S
        }
        if settled:
            await self._backlog.mark_notified(settled)
            for name in settled:
                del self._notified[name]


def to_data(flip: Flip) -> dict[str, Any]:
    """What the alert says."""
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
