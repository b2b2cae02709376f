"""
GET /health, /health/live, /health/ready, and what Prometheus is told of the status. From memory: no neighbour is asked.

A gateway without a brain still answers, so it is alive and ready: taking it out of traffic would turn a degraded
answer into none.
"""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway import VERSION
from gateway.access.declared import needs, open_to_all
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.services import service
from gateway.errors import Stopping
from gateway.fallback.service import PolicyFile
from gateway.features.fleet.service import Workers, instance_name
from gateway.features.health.conditions import ConditionCode
from gateway.features.health.schemas import (
    BrainHealthOut,
    ClockOut,
    HealthOut,
    LedgerHealthOut,
    ListsHealthOut,
    LiveOut,
    NeighboursOut,
    PolicyOut,
    ReadyOut,
    ScorerHealthOut,
    StatusOut,
    up_or_down,
)
from gateway.features.health.service import Status, StatusWatch
from gateway.features.lists.service import Lists
from gateway.kit import clock
from gateway.ledger.service import Ledger
from gateway.scoring.monitor import ScoreMonitor
from gateway.scoring.scorer import Scorer
from gateway.serving.connections import Connections

router = APIRouter(prefix="/health", tags=["operations"], route_class=PolledRoute)
ConnectionsDep = Annotated[Connections, service(Connections)]
LedgerDep = Annotated[Ledger, service(Ledger)]
ListsDep = Annotated[Lists, service(Lists)]
PolicyDep = Annotated[PolicyFile, service(PolicyFile)]
ScorerDep = Annotated[Scorer, service(Scorer)]
StatusDep = Annotated[StatusWatch, service(StatusWatch)]


@router.get("")
@needs(Scope.OPS_READ, in_demo=True)
async def health(
    scorer: ScorerDep, ledger: LedgerDep, lists: ListsDep, file: PolicyDep, status: StatusDep
) -> HealthOut:
    """
    The whole picture. `degraded` still answers; always 200, so that monitors read the words.

    `healthy` only while nothing at all is wrong: no verdict of the last seconds lacked its score or history, the ledger
    and a worker are there, no fault is injected, no other gateway sees anything. `conditions` say what is wrong and
    since when, the worst first, and `summary` the same as a sentence.

    `scorer` says whether scores really come: the last one that a customer got, the last canary that passed,
    and the share of customers of the last minute who got none; `is_blind` once that has lasted.
    """
    monitor, skew, policy = scorer.monitor, clock.LEDGER.skew, file.current
    silent_s = monitor.seconds_since_score
    return HealthOut(
        **dict(StatusOut.of(status.current())),
        service="sentinel-gateway",
        version=VERSION,
        instance=instance_name(),
        uptime_s=round(status.uptime_s, 1),
        services=NeighboursOut(
            brain=BrainHealthOut(status=up_or_down(scorer.health.is_reachable()), circuit=scorer.circuit.state),
            ledger=LedgerHealthOut(status=up_or_down(ledger.health.is_up()), since=ledger.health.changed_at),
        ),
        scorer=ScorerHealthOut(
            last_score_at=monitor.last_score_at,
            seconds_since=None if silent_s is None else round(silent_s, 1),
            last_canary_at=monitor.last_canary_at,
            blind_share_1m=_share(monitor.blind_share),
            degraded_share_1m=_share(monitor.without_history.over().share),
            is_blind=monitor.blindness is not None,
        ),
        policy=PolicyOut(version=policy.version, loaded_at=policy.loaded_at, error=file.error),
        lists=ListsHealthOut(entries=len(lists), as_of=lists.as_of),
        clock=ClockOut(
            skew_ms=None if skew is None else round(skew.total_seconds() * 1000), is_wrong=clock.LEDGER.is_wrong
        ),
    )


@router.get("/live")
@open_to_all
async def live() -> LiveOut:
    """The process runs its event loop. Restart it when this fails."""
    return LiveOut(status="live")


@router.get("/ready", responses=problems(503))
@open_to_all
async def ready(connections: ConnectionsDep) -> ReadyOut:
    """May have traffic, unless it is stopping: then 503 on a connection that is still open, and no new ones."""
    if connections.is_stopping:
        raise Stopping("This gateway is about to end. Send new requests to another one.")
    return ReadyOut(status="ready")


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


class StatusCollector(Collector):
    """Made for one registry."""

    def __init__(self, current: Callable[[], Status], monitor: ScoreMonitor, workers: Workers) -> None:
        """Args: current: the status as of now. workers: as the heartbeats find them."""
        self._current = current
        self._monitor = monitor
        self._workers = workers

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Build the families, as of now. A share is absent when nothing was asked: a zero would be a statement."""
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
