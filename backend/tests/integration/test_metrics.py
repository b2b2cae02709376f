"""Prometheus may ask any worker of a gateway: each tells what all of them counted, also those that were killed."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import GatewayProcess
from tests.stack import CLIENT_TIMEOUT_S, wait_until

SCRAPES = 12  # by two workers: that one of them gets none of so many is less likely than one in a thousand


@dataclass(frozen=True)
class Gateway:
    """Two workers behind one port, and a client whose every request is a connection of its own: either may get it."""

    process: GatewayProcess
    client: httpx.Client

    def post(self, transaction_id: str) -> None:
        """One verdict."""
        request = {"transaction_id": transaction_id, "amount": 12.5, "currency": "USD", "user_id": "user_1"}
        response = self.client.post("/transaction", json=request)
        assert response.status_code == 200, response.text

    def scrape(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """Every sample by its name and its labels' values."""
        response = self.client.get("/metrics")
        assert response.status_code == 200, response.text
        return {
            (sample.name, tuple(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(response.text)
            for sample in family.samples
        }

    def verdicts(self) -> int:
        """All that were given."""
        return int(sum(value for (name, _), value in self.scrape().items() if name == "sentinel_verdicts_total"))

    def circuit(self) -> tuple[str, ...]:
        """The states that are said to be the present one."""
        found = self.scrape().items()
        return tuple(labels[0] for (name, labels), value in found if name == "sentinel_circuit_state" and value)

    def workers(self) -> set[int]:
        """Process ids of those that beat."""
        instances = self.client.get("/circuit/status").json()["instances"]
        return {int(instance["instance"].rpartition(":")[2]) for instance in instances}


@pytest.fixture
def gateway(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Gateway]:
    """Without a brain."""
    process = GatewayProcess(
        tmp_path,
        mongodb_url=mongod_url,
        brain_port=1,
        environment={"GATEWAY_LEDGER_BUDGET_MS": "3000"} | fresh_databases,
        options=["--workers", "2"],
    )
    limits = httpx.Limits(max_keepalive_connections=0)
    with process, httpx.Client(base_url=process.url, timeout=CLIENT_TIMEOUT_S, limits=limits) as client:
        try:
            running = Gateway(process, client)
            wait_until(lambda: len(running.workers()) == 2)
            yield running
        finally:
            process.stop()  # one that is killed leaves its workers behind


def test_each_scrape_tells_what_all_workers_counted_also_when_one_is_killed(gateway: Gateway) -> None:
    """Also while another takes the place of the dead one, and goes on counting there."""
    for n in range(200):
        gateway.post(f"t{n}")

    assert {gateway.verdicts() for _ in range(SCRAPES)} == {200}

    victim = min(gateway.workers())
    os.kill(victim, signal.SIGKILL)
    told = set[int]()

    def another_took_its_place() -> bool:
        told.add(gateway.verdicts())
        return len(gateway.workers() - {victim}) == 2

    wait_until(another_took_its_place, within_s=30)
    assert told == {200}

    for n in range(20):
        gateway.post(f"later-{n}")
    assert {gateway.verdicts() for _ in range(SCRAPES)} == {220}
    assert {gateway.circuit() for _ in range(SCRAPES)} == {("open",)}


def test_the_figures_of_two_workers_are_one_gateways(gateway: Gateway) -> None:
    """Requests by route and status, latency, and what the two find together in the journal that they share."""
    for n in range(20):
        gateway.post(f"t{n}")
    assert gateway.client.post("/transaction", content="{").status_code == 400

    found = gateway.scrape()

    posts = {key: value for key, value in found.items() if key[0] == "sentinel_requests_total" and "POST" in key[1]}
    assert posts == {
        ("sentinel_requests_total", ("POST", "/transaction", "200")): 20,
        ("sentinel_requests_total", ("POST", "/transaction", "400")): 1,
    }
    assert found["sentinel_verdict_latency_seconds_count", ()] == 20
    assert found["sentinel_verdict_latency_seconds_bucket", ("+Inf",)] == 20
    assert found["sentinel_verdicts_failed_total", ()] == 0
    assert found["sentinel_ledger_pending", ()] == 0
    assert found["sentinel_circuit_transitions_total", ("open",)] == 2
    assert found["sentinel_circuit_state", ("open",)] == 1
