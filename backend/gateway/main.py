"""The gateway's front door: `uvicorn gateway.main:app --app-dir backend`."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from time import monotonic, time
from typing import Any

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from gateway import VERSION
from gateway.api import dashboard
from gateway.api.metrics.collector import BacklogCollector, refreshed
from gateway.api.metrics.families import Families
from gateway.api.services import Services
from gateway.app import create_api
from gateway.errors import LedgerFailure
from gateway.fallback.caps import Exposure
from gateway.fallback.policy_file import PolicyFile, check_policy
from gateway.fallback.service import BlindDesk
from gateway.features.alerts.delivery import check_webhook_url
from gateway.features.alerts.queue import Inbox
from gateway.features.alerts.service import Alerts
from gateway.features.audit.service import Chainer
from gateway.features.budgets.collector import BudgetCollector
from gateway.features.budgets.service import BudgetSharing
from gateway.features.budgets.store import BudgetStore
from gateway.features.erasures.service import Forgetting
from gateway.features.erasures.store import Erasures
from gateway.features.exposure.store import LeaseBook
from gateway.features.fleet.service import Fleet, instance_name
from gateway.features.health.collector import StatusCollector
from gateway.features.health.faults import KnownFaults
from gateway.features.health.sources import Sources
from gateway.features.health.watch import StatusWatch
from gateway.features.labels.service import Labelled, learning
from gateway.features.labels.store import Labels
from gateway.features.lists.service import Lists
from gateway.features.lists.store import ListStore
from gateway.features.models.collector import ModelCollector
from gateway.features.models.comparison import LabelledPair, PairComparison, compare_models, judge_models
from gateway.features.models.service import ModelRegistry
from gateway.features.observations.service import observing
from gateway.features.outages.store import OutageStore
from gateway.features.reviews.service import DecisionLabels, deciding
from gateway.features.reviews.store import Reviews
from gateway.features.traffic.answers import Answers
from gateway.features.traffic.service import Traffic
from gateway.kit import clock
from gateway.kit.cached import Cached
from gateway.kit.circuit import Circuit, CircuitState, Transition
from gateway.kit.one_process import alone_in
from gateway.kit.outbox import Outbox
from gateway.ledger.client import check_url
from gateway.ledger.counting import LedgerCounts, count
from gateway.ledger.service import Ledger
from gateway.recovery import Part, Recovery
from gateway.scoring.errors import SCORER_ERRORS
from gateway.scoring.faults import FaultControl
from gateway.scoring.scorer import Scorer
from gateway.serving.connections import Connections
from gateway.serving.limits import Limits, connections_that_fit
from gateway.serving.server import install, refuse_workers
from gateway.serving.stopping import StopRequests
from gateway.settings import Settings, load_settings
from gateway.verdict.batch_turns import BatchTurns
from gateway.verdict.budgets.misfit import MisfitAlarm
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.recent import RecentVerdicts
from gateway.verdict.service import Desk
from money.currencies import load_rates
from observability.logs import configure_logs

_log = structlog.get_logger()
_COUNTS_FRESH_S = 1.0
_COMPARISON_FRESH_S = 5.0  # it takes mongod 50 ms
_LABELLED_FRESH_S = 30.0  # 200 ms, and labels come in over days


def create_app(settings: Settings) -> FastAPI:
    """The whole gateway, not yet connected to anything."""
    app = create_api(lifespan=lambda app: _run(app, settings))
    dashboard.install(app, settings.dashboard_dir)
    return app


@asynccontextmanager
async def _run(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Connect, serve, and let go in reverse order: whoever needs a part stops before it."""
    families = Families()
    connections = Connections(_limits(settings), counters=families, now_s=monotonic)
    breaker = Circuit(
        SCORER_ERRORS, fail_max=settings.circuit_fail_max, reset_s=settings.circuit_reset_s, listeners=[log_transition]
    )
    breaker.listen(families.circuit_changed)
    scorer = Scorer(settings, breaker)
    inbox = Inbox()
    ledger = Ledger(settings, instance=instance_name(), chainer=Chainer, raise_alert=inbox.raise_alert)
    traffic = Traffic(time, monotonic)
    budgets = Budgets(clock.LEDGER.best_s)  # a step of this machine's clock must raise no threshold
    fleet = Fleet(
        ledger.database, breaker, ledger.journal, ledger.chainer.heads,
        traffic=traffic, budgets=budgets, ledger_health=ledger.health,
    )  # fmt: skip

    alerts = Alerts(settings, inbox, ledger.database, is_ledger_up=ledger.health.is_up)
    outage_store = OutageStore(ledger.database, instance=instance_name())
    labels_kept = Labels(ledger.database)
    observer, learner = observing(scorer, ledger), learning(scorer, ledger, labels_kept)
    reviews = Reviews(ledger.database)
    decisions = DecisionLabels(reviews, labels_kept, learner)
    decider = deciding(decisions, ledger.health.is_up)
    lists = Lists(ListStore(ledger.database), ledger.is_ready, directory=settings.journal_dir)
    policy = PolicyFile(settings.policy_file, gateways=settings.policy_gateways)
    fault_control = FaultControl(scorer.known_stubs, is_enabled=settings.fault_control)
    known_faults = KnownFaults(fault_control.read, monotonic)
    sources = Sources(scorer=scorer, ledger=ledger, fleet=fleet, lists=lists, policy=policy, faults=known_faults)
    status = StatusWatch(sources, scorer)
    fleet.conditions = status.told
    recovery = Recovery(
        settings, scorer, ledger, fleet,
        outages=outage_store, shortages=status.shortages, raise_alert=inbox.raise_alert,
    )  # fmt: skip
    breaker.listen(recovery.circuit_changed)
    spending = Exposure(
        LeaseBook(ledger.database),
        ledger.is_ready,
        directory=settings.journal_dir,
        rules=lambda: policy.rules,
        is_well=scorer.health.is_steady,
        has_company=lambda: bool(fleet.others()),
        instance=instance_name(),
    )
    budget_sharing = BudgetSharing(
        budgets,
        BudgetStore(ledger.database),
        MisfitAlarm(budgets, inbox.raise_alert, instance=instance_name(), now_s=clock.LEDGER.best_s),
        ledger_is_up=ledger.health.is_up,
        directory=settings.journal_dir,
    )
    desk = Desk(
        scorer=scorer,
        ledger=ledger,
        find_listed=lists.find,
        budgets=budgets,
        blind=BlindDesk(policy, spending, load_rates(settings.reference_rates_file)),
        recent=RecentVerdicts(settings.recent_verdicts_max),
        recorded=observer.add,
    )
    counts = Cached(
        partial(count, ledger.database), failures=(LedgerFailure,), fresh_s=_COUNTS_FRESH_S, now_s=monotonic
    )
    models = ModelRegistry(scorer.describe, monotonic)
    comparison = Cached(
        partial(compare_models, ledger.database),
        failures=(LedgerFailure,),
        fresh_s=_COMPARISON_FRESH_S,
        now_s=monotonic,
    )
    labelled = Cached(
        partial(judge_models, ledger.database), failures=(LedgerFailure,), fresh_s=_LABELLED_FRESH_S, now_s=monotonic
    )
    registry = _registry(
        families.collector,
        BacklogCollector(ledger.journal, refreshed(counts)),
        StatusCollector(status.current, scorer.sight),
        ModelCollector(models.in_service, refreshed(comparison)),
        BudgetCollector(budgets),
        alerts.collector(),
    )
    app.state.services = Services(
        {
            Desk: desk,
            BatchTurns: BatchTurns(lambda: scorer.waiting),
            Answers: Answers(traffic, families),
            Budgets: budgets,
            Scorer: scorer,
            Ledger: ledger,
            Labels: labels_kept,
            Outbox[Labelled]: learner,
            Fleet: fleet,
            OutageStore: outage_store,
            Lists: lists,
            PolicyFile: policy,
            Exposure: spending,
            ModelRegistry: models,
            Cached[LedgerCounts]: counts,
            Cached[list[PairComparison]]: comparison,
            Cached[list[LabelledPair]]: labelled,
            Alerts: alerts,
            Reviews: reviews,
            DecisionLabels: decisions,
            Traffic: traffic,
            Families: families,
            CollectorRegistry: registry,
            Connections: connections,
            FaultControl: fault_control,
            StatusWatch: status,
        }
    )
    async with AsyncExitStack() as parts:
        parts.enter_context(alone_in(settings.journal_dir))
        parts_in_order: list[Part] = [
            connections, alerts, ledger, lists, policy, spending, budget_sharing, scorer, known_faults, status, fleet,
            observer, learner, decider, models, _forgetting(settings, ledger, desk), *recovery.parts,
        ]  # fmt: skip
        for part in parts_in_order:
            parts.push_async_callback(part.close)
            await part.start()
        for answer in (counts, comparison, labelled):
            parts.push_async_callback(answer.close)
        _attend_to_the_server(connections, ledger.stop)
        # what was made until here lives as long as the process: scanning it cost 30 ms of p99
        gc.collect()
        gc.freeze()
        _log.info("gateway.started", version=VERSION, **_public(settings))
        yield
        _log.info("gateway.serving.stopping")


def _attend_to_the_server(connections: Connections, stop: StopRequests) -> None:
    install(connections)  # first: it knows the server by its handler of signals
    stop.listen()


def log_transition(change: Transition) -> None:
    """Log each change of state once: loud when it opens, calm otherwise."""
    say = _log.warning if change.new is CircuitState.OPEN else _log.info
    say("circuit.changed", old=change.old.value, new=change.new.value, failures=change.failures)


def _registry(*collectors: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return registry


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections_max=connections_that_fit(settings.connections_max),
        idle_s=settings.keep_alive_s,
        head_s=settings.head_s,
    )


def _forgetting(settings: Settings, ledger: Ledger, desk: Desk) -> Forgetting:
    return Forgetting(
        Erasures(ledger.database),
        directory=settings.journal_dir,
        forget=desk.forget,
        is_ready=ledger.is_ready,
        instance=instance_name(),
    )


def _public(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(exclude={"mongodb_url", "log_level"})


def _main() -> FastAPI:
    refuse_workers()
    settings = load_settings()
    check_url(settings)
    check_policy(settings)
    check_webhook_url(settings)
    configure_logs("gateway", level=settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # through our logs, in our shape
        logger = logging.getLogger(name)
        if logger.handlers:  # --no-access-log has none
            logger.handlers.clear()
            logger.propagate = True
    return create_app(settings)


app = _main()
