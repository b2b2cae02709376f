"""
GET /health, /health/live, /health/ready.

A gateway without a brain still answers, so it is alive and ready: taking it out of traffic would turn a degraded
answer into none. None of these waits for a neighbour.
"""

from typing import Annotated

from fastapi import APIRouter

from gateway import VERSION
from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.services import service
from gateway.errors import Stopping
from gateway.fallback.policy_file import PolicyFile
from gateway.features.fleet.service import instance_name
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
)
from gateway.features.health.service import StatusWatch
from gateway.features.lists.service import Lists
from gateway.kit import clock
from gateway.ledger.service import Ledger
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
async def health(
    ledger: LedgerDep, lists: ListsDep, policy: PolicyDep, scorer: ScorerDep, watch: StatusDep
) -> HealthOut:
    """
    The whole picture. `degraded` still answers; always 200, so that monitors read the words.

    `healthy` only while nothing at all is wrong: no verdict of the last seconds lacked its score or history, the ledger
    is there, no fault is injected, no other gateway sees anything. `conditions` say what is wrong and since when, the
    worst first, and `summary` the same as a sentence.

    `scorer` says whether scores really come: the last one that a customer or a debt got, the last canary that passed,
    and the share of customers of the last minute who got none; `is_blind` once that has lasted.
    """
    monitor, skew = scorer.monitor, clock.LEDGER.skew
    brain_is_up, ledger_is_up = scorer.health.is_reachable(), ledger.health.is_up()
    status = StatusOut.of(watch.current())
    return HealthOut(
        status=status.status,
        summary=status.summary,
        conditions=status.conditions,
        service="sentinel-gateway",
        version=VERSION,
        instance=instance_name(),
        uptime_s=round(watch.uptime_s, 1),
        services=NeighboursOut(
            brain=BrainHealthOut(status="up" if brain_is_up else "down", circuit=scorer.circuit.state),
            ledger=LedgerHealthOut(status="up" if ledger_is_up else "down", since=ledger.health.changed_at),
        ),
        scorer=ScorerHealthOut(
            last_score_at=monitor.last_score_at,
            seconds_since=round(monitor.seconds_since_score, 1) if monitor.seconds_since_score is not None else None,
            last_canary_at=monitor.last_canary_at,
            blind_share_1m=_share(monitor.blind_share),
            degraded_share_1m=_share(monitor.without_history.over().share),
            is_blind=monitor.blindness is not None,
        ),
        policy=PolicyOut(version=policy.current.version, loaded_at=policy.current.loaded_at, error=policy.error),
        lists=ListsHealthOut(entries=len(lists), as_of=lists.as_of),
        clock=ClockOut(
            skew_ms=None if skew is None else round(skew.total_seconds() * 1000), is_wrong=clock.LEDGER.is_wrong
        ),
    )


@router.get("/live")
async def live() -> LiveOut:
    """The process runs its event loop. Restart it when this fails."""
    return LiveOut(status="live")


@router.get("/ready", responses=problems(503))
async def ready(connections: ConnectionsDep) -> ReadyOut:
    """May have traffic, unless it is stopping: then 503 on a connection that is still open, and no new ones."""
    if connections.is_stopping:
        raise Stopping("This gateway is about to end. Send new requests to another one.")
    return ReadyOut(status="ready")


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
