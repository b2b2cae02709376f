"""docker-compose.yml as a project of its own: other ports, another password, volumes that end with it."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
import pymongo
from pymongo.collection import Collection

from local.commands import ROOT
from local.ports import LOOPBACK, pick_free_port
from tests.containers import engine
from tests.stack import wait_until

SERVICES = ("db", "brain", "gateway", "worker", "dashboard")
CLIENT_TIMEOUT_S = 10.0  # far above the budgets: a test machine may stand still for a moment


class Project:
    """One run of the compose file. `images` names those it builds."""

    images = ("sentinel-brain:0.2.0", "sentinel-gateway:0.2.0", "sentinel-dashboard:0.2.0")

    def __init__(self, compose: Sequence[str]) -> None:
        """Args: compose: from `engine.find_compose`. Nothing is started yet."""
        self.name = f"sentinel-test-{secrets.token_hex(3)}"
        self.password = secrets.token_hex(16)
        self._compose = [*compose, "-p", self.name, "-f", str(ROOT / "docker-compose.yml")]
        names = ("GATEWAY_PORT", "BRAIN_SERVICE_PORT", "MONGODB_PORT", "DASHBOARD_PORT")
        self._ports = {name: pick_free_port() for name in names}
        self._environment = {
            **os.environ,
            **{name: str(port) for name, port in self._ports.items()},
            "SENTINEL_BIND_ADDRESS": LOOPBACK,
            "MONGODB_USERNAME": "sentinel",
            "MONGODB_PASSWORD": self.password,
        }
        self.url = f"http://{LOOPBACK}:{self._ports['GATEWAY_PORT']}"
        self.client = httpx.Client(base_url=self.url, timeout=CLIENT_TIMEOUT_S, trust_env=False)
        self.dashboard = httpx.Client(
            base_url=f"http://{LOOPBACK}:{self._ports['DASHBOARD_PORT']}", timeout=CLIENT_TIMEOUT_S, trust_env=False
        )
        self._mongo: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            f"mongodb://sentinel:{self.password}@{LOOPBACK}:{self._ports['MONGODB_PORT']}/?authSource=admin",
            directConnection=True,
            connect=False,
        )

    @property
    def ledger(self) -> Collection[dict[str, Any]]:
        """The recorded transactions, read past the gateway."""
        return self._mongo["fraud_ledger"]["transactions"]

    def compose(self, *arguments: str) -> str:
        """Run one compose command to its end. Raises EngineError when it fails."""
        return engine.run([*self._compose, *arguments], environment=self._environment)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run one compose command beside the test; wait for it."""
        return subprocess.Popen(  # noqa: S603 (our own compose file)
            [*self._compose, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def container(self, service: str) -> str:
        """The id of a service's container, running or not: it stays the same over stop, kill and start."""
        return self.compose("ps", "-a", "-q", service).strip() or self.compose("ps", "-q", service).strip()

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows of a service's container."""
        return engine.inspect(self.container(service))

    def logged(self, service: str, event: str, **fields: str) -> list[datetime]:
        """When one of our services logged this event with these fields, in order."""
        lines = engine.run(["docker", "logs", self.container(service)]).splitlines()
        wanted = {"event": event, **fields}
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        return [datetime.fromisoformat(entry["timestamp"]) for entry in entries if wanted.items() <= entry.items()]

    def address(self, service: str) -> str:
        """The IP address of a running service inside the project's network."""
        return str(self.inspect(service)["NetworkSettings"]["Networks"][self.network]["IPAddress"])

    @property
    def network(self) -> str:
        """The name of the project's network."""
        return f"{self.name}_default"

    def wait_healthy(self, *, within_s: float = 90.0) -> float:
        """Wait until the engine calls every service healthy. Returns the seconds that it took."""
        began_s = time.monotonic()
        states: dict[str, str] = {}
        while time.monotonic() - began_s < within_s:
            states = {service: self.inspect(service)["State"]["Health"]["Status"] for service in SERVICES}
            if set(states.values()) == {"healthy"}:
                return time.monotonic() - began_s
            time.sleep(0.2)
        raise AssertionError(f"not healthy within {within_s:.0f} s: {states}")

    def wait_scored(self) -> float:
        """
        Post until a verdict is scored and the circuit closed: only traffic makes the trial. Returns the seconds.

        It may take the 30 s to the trial, and a moment for what has just been started.
        """

        def is_scored() -> bool:
            try:
                reply = self.post(f"probe-{secrets.token_hex(8)}")
            except httpx.TransportError:
                return False
            return bool(reply.json().get("scored")) and self.circuit() == "closed"

        return wait_until(is_scored, within_s=40.0)

    def get(self, path: str) -> dict[str, Any]:
        """The JSON of a successful GET."""
        return dict(self.client.get(path).raise_for_status().json())

    def circuit(self) -> str:
        """closed, open or half_open, as the gateway says."""
        return str(self.get("/circuit/status")["state"])

    def post(self, transaction_id: str) -> httpx.Response:
        """One small transaction, whatever the answer."""
        body = {"transaction_id": transaction_id, "amount": 100, "currency": "USD", "user_id": "user_1"}
        return self.client.post("/transaction", json=body)

    def close(self) -> None:
        """Take it down with its volumes, whatever state it is in."""
        self.client.close()
        self.dashboard.close()
        self._mongo.close()
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")
