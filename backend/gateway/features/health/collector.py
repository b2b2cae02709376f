"""What Prometheus is told of the status: computed at each scrape, from memory."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.features.fleet.workers import Workers
from gateway.features.health.conditions import ConditionCode
from gateway.features.health.service import Status
from gateway.scoring.monitor import ScoreMonitor


class StatusCollector(Collector):
    """Made for one registry."""

    def __init__(self, current: Callable[[], Status], monitor: ScoreMonitor, workers: Workers) -> None:
        """Args: current: the status as of now. workers: as the heartbeats find them."""
        self._current = current
        self._monitor = monitor
        self._workers = workers

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families, as of now. A share is absent when nothing was asked: a zero would be a statement."""
        status = self._current()
        yield GaugeMetricFamily(
            "sentinel_healthy", "1 while nothing at all is wrong, as GET /health says it.", value=not status.conditions
        )
        family = GaugeMetricFamily(
            "sentinel_status", "1 for each condition that holds, 0 for the others.", labels=["condition"]
        )
        for code in ConditionCode:
            family.add_metric([code.value], code in status.codes)
        yield family
        if self._workers.alive is not None:
            yield GaugeMetricFamily(
                "sentinel_workers", "Workers that had a heartbeat in the last seconds.", value=self._workers.alive
            )
        unscored, degraded = self._monitor.without_score.over().share, self._monitor.without_history.over().share
        if unscored is not None:
            yield GaugeMetricFamily(
                "sentinel_unscored_share",
                "Of the verdicts of this gateway's last minute, those without a score.",
                value=unscored,
            )
        if degraded is not None:
            yield GaugeMetricFamily(
                "sentinel_degraded_share",
                "Of the scores of this gateway's last minute, those made without history.",
                value=degraded,
            )
