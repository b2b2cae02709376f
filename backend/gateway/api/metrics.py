"""GET /metrics, for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.api.dependencies import service

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(registry: Annotated[CollectorRegistry, service(CollectorRegistry)]) -> Response:
    """
    Figures of this gateway in Prometheus' text format.

    Answered from memory: a scrape waits for nobody.
    """
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
