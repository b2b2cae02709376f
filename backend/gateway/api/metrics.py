"""GET /metrics, for Prometheus."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.api.dependencies import ServicesDep
from gateway.budgets.collector import BudgetCollector
from gateway.metrics.collector import BacklogCollector
from gateway.models.collector import ModelCollector
from gateway.status.collector import StatusCollector

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(services: ServicesDep) -> Response:
    """
    Figures of this gateway in Prometheus' text format.

    Answered from memory: a scrape waits for nobody.
    """
    services.comparison.refresh_soon()  # for the next scrape
    services.counts.refresh_soon()
    registry = CollectorRegistry()
    registry.register(services.families.collector)
    registry.register(BacklogCollector(services.ledger.journal, services.counts.remembered))
    registry.register(StatusCollector(services.status.current, services.scorer.sight))
    registry.register(ModelCollector(services.models.in_service, services.comparison.remembered))
    registry.register(BudgetCollector(services.budgets))
    registry.register(services.alerts.collector())
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
