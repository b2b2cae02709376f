"""Makes the figures of outages final, once all is scored again, and says that they are over."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RecordAlerts
from gateway.features.outages.schemas import to_outage_out, to_started
from gateway.features.outages.store import Outage, OutageStore
from gateway.kit import clock

LOOK_S = 1.0
_GRACE = timedelta(seconds=3)  # after its end: verdicts that were under way reach the ledger
_KNOWN_S = 3.0  # the gateways' heartbeats are then from after its beginning, and say what waits in their journals


class OutageSettlement:
    """
    For one worker at a time; two at once do the same twice.

    Args:
        record_alerts: As alerting.py says.
        journals_are_empty: Whether the verdicts of all gateways are in the ledger. Raises LedgerUnreadable.
    """

    def __init__(
        self, store: OutageStore, record_alerts: RecordAlerts, *, journals_are_empty: Callable[[], Awaitable[bool]]
    ) -> None:
        self._store = store
        self._record_alerts = record_alerts
        self._journals_are_empty = journals_are_empty
        self._known_at_s: dict[ObjectId, float] = {}

    async def look(self) -> None:
        """Settle what can be settled. Raises LedgerFailure."""
        unsettled = await self._store.unsettled()
        now_s = monotonic()
        self._known_at_s = {outage.id: self._known_at_s.get(outage.id, now_s) for outage in unsettled}
        for outage in unsettled:
            if self._is_ripe(outage, now_s) and await self._journals_are_empty():
                await self._settle(outage)

    def _is_ripe(self, outage: Outage, now_s: float) -> bool:
        return (
            outage.ended_at is not None
            and clock.now() >= outage.ended_at + _GRACE
            and now_s - self._known_at_s[outage.id] >= _KNOWN_S
        )

    async def _settle(self, outage: Outage) -> None:
        if await self._store.has_backlog(outage):
            return
        figures = await self._store.count(outage)
        if not await self._store.report(outage, figures):
            return  # it has grown meanwhile: nobody is told figures of a part
        shown = to_outage_out(replace(outage, is_settled=True), figures)
        # before it is settled: then no death of a worker loses them, and one outage is two alerts however often
        await self._record_alerts(
            [
                (AlertKind.OUTAGE_STARTED, str(outage.id), to_started(outage)),
                (AlertKind.OUTAGE_ENDED, str(outage.id), shown),
            ]
        )
        await self._store.settle(outage)
