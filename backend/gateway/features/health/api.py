"""
GET /health, /health/live, /health/ready.

A gateway without a brain still answers, so it is alive and ready: taking it out of traffic would turn a degraded
answer into none. None of these waits for a neighbour.
"""

from typing import Annotated

from fastapi import APIRouter

from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.services import service
from gateway.errors import Stopping
from gateway.features.health.report import HealthReport
from gateway.features.health.schemas import HealthOut, LiveOut, ReadyOut
from gateway.serving.connections import Connections

router = APIRouter(prefix="/health", tags=["operations"], route_class=PolledRoute)
ConnectionsDep = Annotated[Connections, service(Connections)]
ReportDep = Annotated[HealthReport, service(HealthReport)]


@router.get("")
async def health(report: ReportDep) -> HealthOut:
    """
    The whole picture. `degraded` still answers; always 200, so that monitors read the words.

    `healthy` only while nothing at all is wrong: no verdict of the last seconds lacked its score or history, the ledger
    and a worker are there, no fault is injected, no other gateway sees anything. `conditions` say what is wrong and
    since when, the worst first, and `summary` the same as a sentence.

    `scorer` says whether scores really come: the last one that a customer got, the last canary that passed,
    and the share of customers of the last minute who got none; `is_blind` once that has lasted.
    """
    return report.current()


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
