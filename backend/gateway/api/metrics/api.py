"""GET /metrics, for Prometheus."""

from typing import Annotated, cast

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.api.metrics.families import Families
from gateway.api.metrics.requests import Count
from gateway.api.services import Services, service

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


def request_counter_of(app: object) -> Count | None:
    """Who counts the requests of this app; None before its parts are there."""
    services = cast(Services | None, getattr(cast(FastAPI, app).state, "services", None))
    return None if services is None else services[Families].request
