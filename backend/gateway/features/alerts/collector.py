"""What Prometheus is told of alerts: read at each scrape, kept in no counter of its own."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.features.alerts.queue import AlertQueue
from gateway.features.alerts.store import AlertCounts
from gateway.kit.cached import Known


class AlertCollector(Collector):
    """Made for one registry."""

    def __init__(
        self, counts: Callable[[], Known[AlertCounts] | None], queue: AlertQueue, buffered: Callable[[], int]
    ) -> None:
        """
        Args:
            counts: of the ledger, the same from every gateway; None when they are not known.
            queue: of this gateway.
            buffered: how many alerts of this gateway the ledger does not have.
        """
        self._counts = counts
        self._queue = queue
        self._buffered = buffered

    def collect(self) -> Iterator[Metric]:
        """The families, as of now."""
        alerts = GaugeMetricFamily(
            "sentinel_alerts",
            "Alerts in the ledger that are not delivered: on their way (pending), or given up (dead).",
            labels=["state"],
        )
        known = self._counts()
        if known is not None:
            alerts.add_metric(["pending"], known.value.pending)
            alerts.add_metric(["dead"], known.value.dead)
        yield alerts
        yield GaugeMetricFamily(
            "sentinel_alerts_held",
            "Alerts of this gateway that the ledger does not have yet.",
            value=self._buffered() + len(self._queue),
        )
        yield CounterMetricFamily(
            "sentinel_alerts_dropped",
            "Alerts of this gateway that are lost: too many waited.",
            value=self._queue.dropped,
        )
