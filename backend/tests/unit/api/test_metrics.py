"""Counters of requests, verdicts and the circuit, as a scrape tells them."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.api.metrics import Families, RequestCounter
from gateway.kit.circuit import CircuitState, Transition

OPENS = Transition(CircuitState.CLOSED, CircuitState.OPEN, 3, datetime(2026, 1, 1, tzinfo=UTC))
IS_TRIED = Transition(CircuitState.OPEN, CircuitState.HALF_OPEN, 3, datetime(2026, 1, 1, tzinfo=UTC))


def test_requests_are_counted_by_route_and_status() -> None:
    """Each gateway has counters of its own."""
    families, other = Families(), Families()
    for _ in range(3):
        families.request("POST", "/transaction", 200)
    families.request("POST", "/transaction", 400)

    assert told(families, "sentinel_requests_total") == {
        ("POST", "/transaction", "200"): 3,
        ("POST", "/transaction", "400"): 1,
    }
    assert told(other, "sentinel_requests_total") == {}


def test_one_state_of_the_circuit_is_the_present_one() -> None:
    """And each change is counted."""
    families = Families()
    assert told(families, "sentinel_circuit_state") == {("closed",): 1, ("open",): 0, ("half-open",): 0}

    families.circuit_changed(OPENS)
    families.circuit_changed(IS_TRIED)

    assert told(families, "sentinel_circuit_state") == {("closed",): 0, ("open",): 0, ("half-open",): 1}
    assert told(families, "sentinel_circuit_transitions_total") == {("closed",): 0, ("open",): 1, ("half-open",): 1}


def test_many_routes_and_methods_are_counted_together() -> None:
    """Callers choose what they ask for: they must not fill Prometheus."""
    families = Families()
    families.request("BREW", None, 404)
    for n in range(1000):
        families.request("GET", f"/{n}", 200)

    found = told(families, "sentinel_requests_total")

    assert found["other", "other", "404"] == 1
    assert len(found) < 350
    assert sum(found.values()) == 1001


async def test_a_crash_is_counted_as_the_500_that_it_becomes() -> None:
    """And goes on to whoever answers it."""
    counted: list[tuple[str, str | None, int]] = []

    async def crash(*_: object) -> None:
        raise ZeroDivisionError

    async def nothing(*_: object) -> None:  # pragma: no cover (nobody sends or receives)
        raise AssertionError

    middleware = RequestCounter(crash, lambda _app: lambda *request: counted.append(request))
    with pytest.raises(ZeroDivisionError):
        await middleware({"type": "http", "method": "GET", "app": None}, nothing, nothing)  # type: ignore[arg-type]

    assert counted == [("GET", None, 500)]


def told(families: Families, name: str) -> dict[tuple[str, ...], float]:
    """What a scrape says of one series, by its labels' values; its text must be Prometheus' own."""
    registry = CollectorRegistry()
    registry.register(families.collector)
    text = generate_latest(registry).decode()
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }
