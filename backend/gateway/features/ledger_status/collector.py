"""
What is known at the moment of a scrape: the journal and the fleet's rescore backlog.

What is not known is left out: an absent series is a gap in a graph, a zero would be a statement.
"""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.features.ledger_status.store import LedgerCounts
from gateway.kit.cached import Known
from gateway.ledger.journal.service import Journal


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
        """The families, as of now."""
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
