"""GET /health/live and /health/ready of a worker: nobody else asks it for anything."""

from fastapi import APIRouter

from gateway.features.workers.schemas import WorkerLiveOut, WorkerReadyOut

router = APIRouter(prefix="/health", tags=["operations"])


@router.get("/live")
async def live() -> WorkerLiveOut:
    """The process runs its event loop. Restart it when this fails."""
    return WorkerLiveOut(status="live")


@router.get("/ready")
async def ready() -> WorkerReadyOut:
    """It was started. Also without MongoDB and without brain: it goes on once they are there."""
    return WorkerReadyOut(status="ready")
