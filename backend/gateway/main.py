"""The gateway's front door: `uvicorn gateway.main:app --app-dir backend`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic, time

import structlog
from fastapi import FastAPI

from gateway import VERSION
from gateway.access.key_file import check_key_file
from gateway.api import dashboard
from gateway.api.metrics import Families
from gateway.api.polled import SharedAnswers
from gateway.api.services import Services
from gateway.app import create_api
from gateway.fallback.service import check_policy
from gateway.features.alerts.delivery import check_webhook_url
from gateway.features.outages.store import OutageStore
from gateway.features.traffic.recorder import Answers
from gateway.features.traffic.service import Traffic
from gateway.features.transactions.endpoint import Submissions, VerdictEndpoint
from gateway.kit import clock, interpreter
from gateway.kit.files import alone_in
from gateway.kit.periodic import Part, running
from gateway.ledger.client import check_url
from gateway.serving.connections import Connections
from gateway.serving.limits import limits_of
from gateway.serving.server import ONE_PROCESS, install, refuse_workers
from gateway.settings import Settings, load_settings
from gateway.verdict.budgets.let_through import LetThrough
from gateway.verdict.budgets.service import Budgets
from gateway.wiring.access import Doors
from gateway.wiring.figures import Figures
from gateway.wiring.neighbours import Neighbours
from gateway.wiring.recovery import Recovery
from gateway.wiring.verdicts import Verdicts
from money.currencies import load_rates
from observability.logs import configure_logs

_log = structlog.get_logger()


def create_app(settings: Settings) -> FastAPI:
    """The whole gateway, not yet connected to anything."""
    app = create_api(lifespan=lambda app: _run(app, settings))
    dashboard.install(app, settings.dashboard_dir)
    return app


@asynccontextmanager
async def _run(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Connect, serve, and let go in reverse order."""
    families = Families()
    connections = Connections(limits_of(settings), counters=families, now_s=monotonic)
    traffic = Traffic(time, monotonic)
    budgets = Budgets(
        clock.LEDGER.best_s,  # a step of this machine's clock must raise no threshold
        decline_share=settings.decline_cap,
        gateways=settings.policy_gateways or 1,
        let_through=LetThrough(
            settings.let_through_share,
            settings.let_through_day_max * 100,
            load_rates(settings.reference_rates_file),
        ),
    )
    neighbours = Neighbours(settings, traffic=traffic, budgets=budgets)
    doors = Doors(
        settings,
        neighbours.ledger.database,
        neighbours.ledger.health,
        directory=settings.journal_dir,
        with_people=True,
    )
    verdicts = Verdicts(settings, neighbours, budgets=budgets)
    figures = Figures(settings, neighbours, verdicts, families=families, budgets=budgets)
    outages = OutageStore(neighbours.ledger.database, instance=neighbours.fleet.name)
    recovery = Recovery(settings, neighbours, outages=outages, shortages=figures.status.shortages)
    for listener in (families.circuit_changed, recovery.circuit_changed):
        neighbours.scorer.circuit.listen(listener)
    app.state.services = Services(
        {
            Families: families,
            Connections: connections,
            Traffic: traffic,
            SharedAnswers: SharedAnswers(traffic.requests_per_s, monotonic),
            Submissions: Submissions(verdicts.decisions, Answers(traffic.note, families), families.request),
            OutageStore: outages,
            **doors.services,
            **neighbours.services,
            **verdicts.services,
            **figures.services,
        }
    )
    parts: list[Part] = [
        *doors.parts, connections, neighbours.alerts, neighbours.ledger, neighbours.scorer, *verdicts.parts,
        *figures.parts, neighbours.fleet, *recovery.parts,
    ]  # fmt: skip
    with alone_in(settings.journal_dir, service="gateway", advice=ONE_PROCESS):
        async with running(parts):
            install(connections)  # before `stop` listens: it knows the server by its handler of signals
            neighbours.ledger.stop.listen()
            interpreter.settle()
            _log.info("gateway.started", version=VERSION, **settings.public())
            yield
            _log.info("gateway.stopping")


def _main() -> VerdictEndpoint:
    refuse_workers()
    settings = load_settings()
    check_url(settings)
    check_policy(settings)
    check_key_file(settings)
    check_webhook_url(settings)
    configure_logs("gateway", level=settings.log_level, taken_over=("uvicorn", "uvicorn.error", "uvicorn.access"))
    return VerdictEndpoint(create_app(settings))


app = _main()
