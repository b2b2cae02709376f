"""GET /health/live and /health/ready of a worker: nobody else asks it for anything."""

from typing import Literal

from fastapi import APIRouter

from gateway.api.reply import Reply

router = APIRouter(prefix="/health", tags=["operations"])


class WorkerLiveOut(Reply):
    """The event loop runs."""

    status: Literal["live"]


class WorkerReadyOut(Reply):
    """Its jobs run, or wait for MongoDB."""

    status: Literal["ready"]


@router.get("/live")
async def live() -> WorkerLiveOut:
    """The process runs its event loop. Restart it when this fails."""
    return WorkerLiveOut(status="live")


@router.get("/ready")
async def ready() -> WorkerReadyOut:
    """It was started. Also without MongoDB and without brain: it goes on once they are there."""
    return WorkerReadyOut(status="ready")
