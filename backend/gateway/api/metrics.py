"""GET /metrics, for Prometheus: what counts the requests, the counters that grow with each, and the route."""

from collections.abc import Callable
from itertools import product
from typing import Annotated, cast

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.declared import needs
from gateway.access.scopes import Scope as Access
from gateway.api.guard import GuardedRoute
from gateway.api.services import Services, service
from gateway.domain import BlindReason, BudgetName, Decision, RecordedVerdict
from gateway.kit.circuit import CircuitState, Transition
from gateway.serving.refusals import REASONS
from observability.counts import Counts, Durations

_SERIES_MAX = 300  # of requests: 30 routes with ten answers each
_OTHER = "other"
_BUDGET_CHANGES = (
    (BudgetName.MAY_BLOCK, Decision.BLOCK, Decision.REVIEW),
    (BudgetName.DECLINE_CAP, Decision.BLOCK, Decision.REVIEW),
    (BudgetName.LET_THROUGH, Decision.BLOCK, Decision.APPROVE),
    (BudgetName.REVIEW_SHARE, Decision.BLOCK, Decision.REVIEW),
    (BudgetName.REVIEW_SHARE, Decision.BLOCK, Decision.APPROVE),
    (BudgetName.REVIEW_SHARE, Decision.REVIEW, Decision.APPROVE),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
# around the usual 5 to 20 ms; then the scoring budget, both budgets together, and what lies between and beyond
_LATENCY_BUCKETS_S = (0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 1.0, 2.5)


disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each counter, and nobody reads them
Count = Callable[[str, str | None, int], None]
router = APIRouter(tags=["operations"], route_class=GuardedRoute)


class Families:
    """
    Counts in memory, from 0 at each start of the gateway.

    Attributes:
        collector: For one scrape.
    """

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.collector: Collector = registry
        self._requests = Counts("sentinel_requests", "Requests by route and status.", ["method", "route", "status"])
        self._verdicts = Counts(
            "sentinel_verdicts",
            "Verdicts given, repeated ones too; reason says why one was blind.",
            ["decision", "reason", "scored"],
            [(decision, "", "true") for decision in Decision]
            + [(decision, reason, "false") for decision, reason in product(Decision, BlindReason)],
        )
        self._degraded = Counts(
            "sentinel_verdicts_degraded",
            "Of the scored verdicts, those whose score was made without history.",
            ["decision"],
            [(decision,) for decision in Decision],
        )
        self._budgets = Counts(
            "sentinel_budget_changes",
            "Verdicts, repeated ones too, that a budget made milder; from is what the model's level leads to.",
            ["budget", "from", "to"],
            _BUDGET_CHANGES,
        )
        self._failed = Counts("sentinel_verdicts_failed", "Transactions answered 5xx, alone or in a batch.", [], [()])
        self._latency = Durations(
            "sentinel_verdict_latency_seconds",
            "From request to verdict, the ledger's write included.",
            _LATENCY_BUCKETS_S,
        )
        for family in (self._requests, self._verdicts, self._degraded, self._budgets, self._failed, self._latency):
            registry.register(family)
        self._transitions = Counter(
            "sentinel_circuit_transitions", "Changes of the circuit to the scorer.", ["to"], registry=registry
        )
        self._circuit = Gauge(
            "sentinel_circuit_state", "1 for the state of the circuit to the scorer.", ["state"], registry=registry
        )
        self._dropped = Counter(
            "sentinel_connections_dropped",
            "Connections that were ended although the client wanted more of them, by reason.",
            ["reason"],
            registry=registry,
        )
        self._connections = Gauge(
            "sentinel_connections_open",
            "Open connections of clients, counted twice a second.",
            registry=registry,
        )
        for reason in REASONS:
            self._dropped.labels(reason)
        for state in CircuitState:
            self._transitions.labels(state.value)
        self._show(CircuitState.CLOSED)

    def request(self, method: str, route: str | None, status: int) -> None:
        """Count one that was answered. Args: route: its pattern; None when nothing matches."""
        labels = (method, route or _OTHER, status)
        if not self._requests.add_known(labels):
            self._requests.add(*self._new_request(*labels))

    def verdict(self, recorded: RecordedVerdict, latency_s: float) -> None:
        """Count one that was given."""
        ruling = recorded.verdict.ruling
        if ruling.fallback is None:
            self._verdicts.add(ruling.decision, "", "true")
        else:
            self._verdicts.add(ruling.decision, ruling.fallback.reason_code, "false")
        if ruling.score is not None and ruling.score.degraded:
            self._degraded.add(ruling.decision)
        self._latency.add(latency_s)
        if ruling.budget is not None:
            self._budgets.add(ruling.budget.name, ruling.budget.model_decision, ruling.decision)

    def no_verdict(self) -> None:
        """Count a transaction that was answered 5xx."""
        self._failed.add()

    def circuit_changed(self, change: Transition) -> None:
        """Count a change of the circuit to the scorer, and show its state."""
        self._transitions.labels(change.new.value).inc()
        self._show(change.new)

    def connection_dropped(self, reason: str) -> None:
        """Count one that was ended. Args: reason: one of REASONS."""
        self._dropped.labels(reason).inc()

    def connections_open(self, count: int) -> None:
        """Show how many are open now."""
        self._connections.set(count)

    def _new_request(self, method: str, route: str, status: int) -> tuple[str, str, int]:
        """Choose the series for what has none yet: callers choose methods and paths, and must not fill Prometheus."""
        if len(self._requests) >= _SERIES_MAX:
            return _OTHER, _OTHER, status
        return method if method in _METHODS else _OTHER, route, status

    def _show(self, state: CircuitState) -> None:
        for each in CircuitState:
            self._circuit.labels(each.value).set(each is state)


class RequestCounter:
    """
    ASGI middleware: 2 us a request, and it holds nothing back.

    Args:
        app: Whatever answers.
        counter_of: Given the application, who counts method, route (its pattern; None when nothing matches) and status;
            None when nobody does.
    """

    def __init__(self, app: ASGIApp, counter_of: Callable[[object], Count | None]) -> None:
        self._app = app
        self._counter_of = counter_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # what a crash becomes further out

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            count = self._counter_of(scope["app"])
            if count is not None:
                count(scope["method"], getattr(scope.get("route"), "path_format", None), status)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@needs(Access.METRICS_READ)
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
