"""A whole Sentinel for tests: the shared mongod, a brain, a gateway and perhaps a worker of its own, and a client."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, WorkerProcess

WITHIN_S = 60.0  # whoever waits goes on as soon as it is so: only a failure takes this long

# For tests that count scores, or histories, and not what becomes of those that come too late.
PATIENT = {"GATEWAY_SCORING_BUDGET_MS": "3000"}


@dataclass(frozen=True)
class Stack:
    """Running processes, and what a merchant would use."""

    brain: BrainProcess
    gateway: GatewayProcess
    client: httpx.Client
    own_worker: WorkerProcess | None = None

    @property
    def worker(self) -> WorkerProcess:
        """Started where a test asks for it; it knows its neighbours in any case."""
        assert self.own_worker is not None
        return self.own_worker

    def post(self, transaction_id: str, **changes: Any) -> dict[str, Any]:
        """A verdict; the reply must be one."""
        request = {"transaction_id": transaction_id, "amount": 12.5, "currency": "USD", "user_id": "user_1"} | changes
        response = self.client.post("/transaction", json=request)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def get(self, path: str) -> Any:
        """The JSON of a successful GET."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    def has_its_neighbours(self) -> bool:
        """Whether brain and ledger are there and the circuit is closed, whatever faults are injected."""
        services = self.get("/health")["services"]
        brain, ledger = services["brain"], services["ledger"]["status"]
        return bool(brain == {"status": "up", "circuit": "closed"} and ledger == "up")


@contextmanager
def running_stack(
    directory: Path, mongodb_url: str, environment: Mapping[str, str], *, with_worker: bool = False
) -> Iterator[Stack]:
    """Brain and gateway, connected; gone afterwards. The ledger gets time: test machines have slow moments."""
    environment = {"GATEWAY_LEDGER_BUDGET_MS": "3000"} | dict(environment)
    with (
        BrainProcess(directory, mongodb_url=mongodb_url, environment=environment) as brain,
        GatewayProcess(directory, mongodb_url=mongodb_url, brain_port=brain.port, environment=environment) as gateway,
        caller(gateway.url) as client,
    ):
        worker = WorkerProcess(directory, mongodb_url=mongodb_url, brain_port=brain.port, environment=environment)
        stack = Stack(brain, gateway, client, worker)
        try:
            if with_worker:
                worker.launch()
            wait_until(stack.has_its_neighbours)
            if with_worker:
                worker.wait_until_ready()
            yield stack
        finally:
            worker.kill()


def wait_until(is_so: Callable[[], bool], *, within_s: float = WITHIN_S) -> float:
    """Poll until it is so; the seconds that it took. Fails when it does not become so in time."""
    started_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - started_s < within_s, f"not so within {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - started_s
