"""What a worker answers: GET /health/live and /health/ready for probes, and its figures for Prometheus."""

from collections.abc import Callable, Iterator
from typing import Literal

from fastapi import APIRouter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.access.declared import open_to_all
from gateway.api.guard import GuardedRoute
from gateway.api.reply import Reply
from gateway.features.rescoring.service import Rescorer
from gateway.features.workers.store import Backlog, JobLeases
from gateway.kit.cached import Known
from gateway.ledger.health import LedgerHealth

router = APIRouter(prefix="/health", tags=["operations"], route_class=GuardedRoute)


class WorkerLiveOut(Reply):
    """The event loop runs."""

    status: Literal["live"]


class WorkerReadyOut(Reply):
    """Its jobs run, or wait for MongoDB."""

    status: Literal["ready"]


@router.get("/live")
@open_to_all
async def live() -> WorkerLiveOut:
    """The process runs its event loop. Restart it when this fails."""
    return WorkerLiveOut(status="live")


@router.get("/ready")
@open_to_all
async def ready() -> WorkerReadyOut:
    """It was started. Also without MongoDB and without brain: it goes on once they are there."""
    return WorkerReadyOut(status="ready")


class WorkerCollector(Collector):
    """
    Made for one registry.

    Args:
        backlog: Of all workers; None when it is not known.
    """

    def __init__(
        self,
        *,
        leases: JobLeases,
        rescorer: Rescorer,
        ledger_health: LedgerHealth,
        backlog: Callable[[], Known[Backlog] | None],
    ) -> None:
        self._leases = leases
        self._rescorer = rescorer
        self._ledger_health = ledger_health
        self._backlog = backlog

    def collect(self) -> Iterator[Metric]:
        """Build the families, as of now."""
        yield GaugeMetricFamily(
            "sentinel_worker_ledger_up", "1 while MongoDB answers heartbeats.", value=self._ledger_health.is_up()
        )
        jobs = GaugeMetricFamily("sentinel_worker_jobs", "1 for each job whose lease is here.", labels=["job"])
        for job in self._leases.held:
            jobs.add_metric([job], 1)
        yield jobs
        yield CounterMetricFamily(
            "sentinel_worker_settled",
            "Unscored verdicts that this worker settled or put off.",
            value=self._rescorer.settled,
        )
        known = self._backlog()
        if known is not None:
            waiting = GaugeMetricFamily(
                "sentinel_worker_backlog", "What waits for a worker, of all workers together.", labels=["kind"]
            )
            waiting.add_metric(["unscored"], known.value.unscored)
            waiting.add_metric(["alerts"], known.value.alerts)
            yield waiting
