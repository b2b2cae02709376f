"""GET /ledger/status: what was acknowledged, where it stands, and what does not fit."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.services import service
from gateway.errors import JournalFailure
from gateway.features.fleet.service import Fleet
from gateway.features.health.schemas import up_or_down
from gateway.features.ledger_status.schemas import (
    JournalOut,
    LedgerCircuitOut,
    LedgerStatusOut,
    LostOut,
    PoisonOut,
    RescoreBacklogOut,
)
from gateway.features.ledger_status.store import LedgerCounts
from gateway.kit.cached import Cached, Known
from gateway.ledger.journal.service import Journal
from gateway.ledger.service import Ledger

router = APIRouter(tags=["operations"], route_class=PolledRoute)
_CURRENT_S = 2.0  # beside what is known as of now an older count would look like a loss, or a gain
CountsDep = Annotated[Cached[LedgerCounts], service(Cached[LedgerCounts])]
FleetDep = Annotated[Fleet, service(Fleet)]
LedgerDep = Annotated[Ledger, service(Ledger)]


@router.get("/ledger/status")
@needs(Scope.OPS_READ)
async def ledger_status(counts: CountsDep, fleet: FleetDep, ledger: LedgerDep) -> LedgerStatusOut:
    """
    `acknowledged` is `committed` (on a majority of MongoDB), `pending` (in the journals of all gateways) and `lost`:
    acknowledged verdicts that a damaged journal no longer holds, until people have taken note. `lost_records` names the
    first 20 of this gateway.

    `committed` was counted at `counted_at`, at most 2 s ago. It and `acknowledged` are null while MongoDB does not
    answer, or not in time; `pending` is then this gateway's, and of the others what they last said. `is_exact` is false
    while `committed` is null or only MongoDB's estimate. `conflicts`: ids that two gateways answered while neither
    could reach MongoDB; the first stands. `poison`: records that MongoDB will never take, kept in the journal for
    people. `rescore_backlog`: verdicts that were blind, degraded or suspect, and are still to be scored; null while
    MongoDB does not answer.
    """
    journal, circuit, others = ledger.journal, ledger.circuit, fleet.other_journals()
    await journal.look()
    # a ledger that is just lost shall show by what is pending
    counted = await counts.get(age_max_s=_CURRENT_S, is_patient=True)
    pending = journal.counts.pending + sum(other.journal_pending for other in others)
    lost = journal.lost.count + sum(other.journal_lost for other in others)
    waiting = [journal.oldest_pending_s, *(other.oldest_pending_s for other in others)]
    return LedgerStatusOut(
        status=up_or_down(ledger.health.is_up()),
        acknowledged=None if counted is None else counted.value.committed + pending + lost,
        committed=None if counted is None else counted.value.committed,
        counted_at=counted and counted.at,
        is_exact=counted is not None and counted.value.is_exact,
        pending=pending,
        oldest_pending_s=max((age_s for age_s in waiting if age_s is not None), default=None),
        lost=lost,
        lost_records=[LostOut.model_validate(loss) for loss in journal.lost.first],
        conflicts=None if counted is None else counted.value.conflicts,
        rescore_backlog=counted
        and RescoreBacklogOut(count=counted.value.backlog, oldest_at=counted.value.oldest_backlog_at),
        poison=journal.counts.poison,
        poison_records=await _poison(journal) if journal.counts.poison else [],
        circuit=LedgerCircuitOut(
            state=circuit.state,
            failures=circuit.failures,
            fail_max=circuit.fail_max,
            retry_after_ms=round(circuit.retry_after_s * 1000),
        ),
        journal=JournalOut(
            available=journal.is_available,
            pending=journal.counts.pending,
            remembered=journal.counts.remembered,
            lost=journal.lost.count,
            free_bytes=journal.free_bytes,
        ),
    )


async def _poison(journal: Journal) -> list[PoisonOut]:
    try:
        found = await journal.poison()
    except JournalFailure:
        return []
    return [PoisonOut(transaction_id=transaction_id, why=why) for transaction_id, why in found]


class BacklogCollector(Collector):
    """Made for one registry."""

    def __init__(self, journal: Journal, counts: Callable[[], Known[LedgerCounts] | None]) -> None:
        """
        Args:
            journal: Of this gateway; as it was counted within the last second.
            counts: Of the ledger, the same from every gateway; None when they are not known.
        """
        self._journal = journal
        self._counts = counts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Build the families, as of now."""
        if self._journal.is_available:
            yield GaugeMetricFamily(
                "sentinel_ledger_pending",
                "Acknowledged verdicts of this gateway that the ledger does not have yet.",
                value=self._journal.counts.pending,
            )
            yield GaugeMetricFamily(
                "sentinel_ledger_oldest_pending_seconds",
                "Age of the oldest of them; 0 when there is none.",
                value=self._journal.oldest_pending_s or 0.0,
            )
            yield GaugeMetricFamily(
                "sentinel_journal_poison",
                "Verdicts of this gateway that the ledger will never take: for people.",
                value=self._journal.counts.poison,
            )
            yield GaugeMetricFamily(
                "sentinel_journal_lost",
                "Verdicts that were acknowledged and that a damaged journal no longer holds, until people took note.",
                value=self._journal.lost.count,
            )
        known = self._counts()
        if known is not None:
            yield GaugeMetricFamily(
                "sentinel_rescore_backlog",
                "Verdicts in the ledger, blind or degraded, that are still to be scored.",
                value=known.value.backlog,
            )
