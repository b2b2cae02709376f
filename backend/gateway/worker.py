"""
The worker: `PYTHONPATH=backend python -m gateway.worker`.

It catches up afterwards, so that a gateway only has to answer. One or several may run.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from gateway import VERSION
from gateway.access.key_file import check_key_file
from gateway.api import metrics, problems
from gateway.api.guard import access_by_route
from gateway.api.services import Services
from gateway.features.alerts.delivery import check_webhook_url
from gateway.features.fleet.service import instance_name
from gateway.features.workers import api as health_api
from gateway.features.workers.api import WorkerCollector
from gateway.features.workers.store import BACKLOG_FRESH_S, count_backlog
from gateway.kit.cached import refreshed
from gateway.kit.periodic import running
from gateway.ledger.client import check_url, open_database
from gateway.ledger.health import LedgerHealth
from gateway.ledger.migrations import Preparation
from gateway.settings import Settings, load_settings
from gateway.wiring.access import Doors
from gateway.wiring.figures import cached
from gateway.wiring.jobs import Jobs
from gateway.wiring.neighbours import make_scorer
from observability.logs import configure_logs

_log = structlog.get_logger()
_GRACE_S = 2  # for a scrape that is under way at the end


def create_app(settings: Settings) -> FastAPI:
    """The whole worker, not yet connected to anything: what it answers is for probes and for Prometheus."""
    app = FastAPI(title="Sentinel worker", openapi_url=None, lifespan=lambda app: _run(app, settings))
    app.include_router(health_api.router)
    app.include_router(metrics.router)
    problems.install(app)
    access_by_route(app.router.routes)
    return app


@asynccontextmanager
async def _run(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Connect, work, and let go in reverse order: what is under way is finished, or free for others soon."""
    database, health = open_database(settings), LedgerHealth()
    scorer = make_scorer(settings)
    jobs = Jobs(settings, database, health, scorer, name=instance_name())
    scorer.circuit.listen(jobs.circuit_changed)
    backlog = cached(count_backlog, database, fresh_s=BACKLOG_FRESH_S)
    registry = CollectorRegistry()
    registry.register(
        WorkerCollector(leases=jobs.leases, rescorer=jobs.rescorer, ledger_health=health, backlog=refreshed(backlog))
    )
    doors = Doors(settings, database, health, directory=None)  # a journal directory is a gateway's
    app.state.services = Services({CollectorRegistry: registry, **doors.services})
    try:
        async with running([Preparation(database, health.is_ready), scorer, backlog, *doors.parts, *jobs.parts]):
            _log.info("worker.started", version=VERSION, **settings.public())
            yield
            _log.info("worker.stopping")
    finally:
        database.client.close()


def main() -> None:
    """Run until SIGTERM."""
    settings = load_settings()
    check_url(settings)
    check_webhook_url(settings)
    check_key_file(settings)
    configure_logs("worker", level=settings.log_level)
    uvicorn.run(
        create_app(settings),
        host="" if settings.worker_host == "*" else settings.worker_host,  # both IPv4 and IPv6, where they are
        port=settings.worker_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
    )


if __name__ == "__main__":
    main()
