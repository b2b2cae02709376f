"""The pods of infra/k8s for real, without a cluster: their users, volumes, environment, probes, and a transaction."""

import json
import secrets
import time
from collections.abc import Iterator

import pytest

from tests.callers import caller
from tests.containers import engine, probes
from tests.containers.confinement import confined, confinement
from tests.containers.conftest import Measured
from tests.containers.pods import PODS, Pods, load_images
from tests.containers.project import Project
from tests.stack import wait_until

UIDS = {"mongod": 999, "steward": 10001, "brain": 10001, "gateway": 10001, "dashboard": 101}


@pytest.fixture(scope="module")
def pods(project: Project, measured: Measured) -> Iterator[Pods]:
    """All four pods, started; the images are those that the project built."""
    assert project.images
    if not engine.answers(["podman", "version"]):
        pytest.skip("podman is not here, so the pods of infra/k8s are not played: install podman 4 or newer")
    if json.loads(engine.run(["podman", "info", "--format", "json"]))["host"]["security"]["rootless"]:
        pytest.skip("podman runs rootless here, and its pods cannot be reached from outside: run this as root")
    load_images()
    running = Pods()
    try:
        began_s = time.monotonic()
        running.play()
        try:
            wait_until(lambda: failing_probes(running) == [], within_s=120.0)
        except AssertionError:
            pytest.fail(f"probes fail: {failing_probes(running)}\n{running.logs()}")
        measured(
            f"pods of the manifests: every probe passes {time.monotonic() - began_s:.1f} s after the first was played"
        )
        yield running
    finally:
        running.close()


def failing_probes(pods: Pods) -> list[str]:
    """Those probes of the manifests that do not pass now, such as "brain: readinessProbe"."""
    return [
        f"{container['name']}: {kind}"
        for name in PODS
        for container in pods.template(name)["spec"]["containers"]
        for kind in probes.KINDS
        if not probes.passes(
            container[kind], address=pods.address(name), execute=pods.executor(name, container["name"])
        )
    ]


def test_a_transaction_is_scored_and_recorded_by_pods(pods: Pods) -> None:
    """With the users, roles and keyfile that the manifests make, and nothing more."""
    transaction_id = f"pods-{secrets.token_hex(4)}"
    body = {"transaction_id": transaction_id, "amount": 100, "currency": "USD", "user_id": "user_1"}
    with caller(f"http://{pods.address('gateway')}:8000", timeout_s=10.0) as client:
        wait_until(lambda: client.get("/health").json()["status"] == "healthy", within_s=60.0)

        verdict = client.post("/transaction", json=body).raise_for_status().json()
        record = client.get(f"/transactions/{transaction_id}").raise_for_status().json()

    assert verdict["scored"]
    assert verdict["ledger_status"] == "committed"
    assert record["transaction_id"] == transaction_id


def test_the_dashboards_pod_serves_its_pages_and_asks_the_gateways(pods: Pods) -> None:
    """With the user, the volumes and the environment of the manifest."""
    with caller(f"http://{pods.address('dashboard')}:8080", timeout_s=10.0) as client:
        page, health = client.get("/dashboard/"), client.get("/health")

    assert "content-security-policy" in page.raise_for_status().headers
    assert health.raise_for_status().json()["service"] == "sentinel-gateway"


@pytest.mark.parametrize(
    ("name", "container"),
    [("db", "mongod"), ("db", "steward"), ("brain", "brain"), ("gateway", "gateway"), ("dashboard", "dashboard")],
)
def test_a_container_of_a_pod_is_unprivileged_and_cannot_write_its_root(pods: Pods, name: str, container: str) -> None:
    """The security contexts of the manifests hold inside the running container."""
    execute = pods.executor(name, container)

    assert confinement(execute) == confined(UIDS[container])
    with pytest.raises(engine.EngineError, match="Read-only file system"):
        execute("touch", "/opt/written")


def test_a_probe_fails_when_nothing_answers(pods: Pods) -> None:
    """The check of the probes is awake: the same probe, asked of a pod without the service, fails."""
    brain = pods.template("brain")["spec"]["containers"][0]
    gateway = pods.template("gateway")["spec"]["containers"][0]

    execute = pods.executor("db", "mongod")

    assert not probes.passes(brain["readinessProbe"], address=pods.address("db"), execute=execute)
    assert not probes.passes(gateway["readinessProbe"], address=pods.address("db"), execute=execute)
