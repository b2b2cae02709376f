"""The two ways of applying, the whole folder or file by file, both come to something complete."""

import os
import re

import pytest

from brain.settings import load_settings as load_brain_settings
from gateway.settings import load_settings as load_gateway_settings
from tests.infra import k8s_wiring_policies as wiring
from tests.infra.k8s_manifests import FOLDER, base_files, find, pods, read, read_base, read_overlay, title

# README.md, "step-by-step"
IN_ORDER = (
    "db-statefulset.yaml",
    "db-service.yaml",
    "brain-deployment.yaml",
    "brain-service.yaml",
    "gateway-deployment.yaml",
    "gateway-service.yaml",
    "hpa.yaml",
)


def test_the_seven_files_of_the_step_by_step_way_need_no_other() -> None:
    """Whatever they refer to is in one of them, bootstrap included; budgets and network policies only add to it."""
    manifests = [manifest for name in IN_ORDER for manifest in read(FOLDER / name)]

    complaints = wiring.refers_to_what_exists(manifests)

    assert complaints == []


def test_the_guide_applies_them_in_that_order() -> None:
    """What a reader types is what the test above judges."""
    guide = (FOLDER / "README.md").read_text()

    named = re.findall(r"^kubectl apply -f infra/k8s/(\S+\.yaml)$", guide, flags=re.MULTILINE)

    assert tuple(named[: len(IN_ORDER)]) == IN_ORDER
    assert sorted(named[: len(base_files())]) == [path.name for path in base_files()]


def test_nothing_is_defined_twice() -> None:
    """An object of the same kind and name in two files would be whichever came last."""
    titles = [title(manifest) for manifest in read_base()]

    assert len(titles) == len(set(titles))


def test_kubectl_finds_no_kustomization_among_the_files() -> None:
    """`kubectl apply -f infra/k8s/` reads every .yaml there and would refuse one."""
    kinds = {manifest["kind"] for manifest in read_base()}

    assert kinds.isdisjoint({"Kustomization", "Component"})


def test_every_file_says_what_it_is() -> None:
    """The first lines are for a reader, before the first object."""
    silent = [path.name for path in base_files() if not path.read_text().startswith("# ")]

    assert silent == []


def test_the_services_start_with_what_the_manifests_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The very values are read by the very settings; both refuse an unknown name and a bad value."""
    for pod in pods(read_base()):
        if pod.owner.startswith("Deployment/"):
            # GATEWAY_URL is the dashboard's, and only let pass by the gateway
            for entry in pod.spec["containers"][0]["env"]:
                monkeypatch.setenv(entry["name"], entry.get("value", "mongodb://from-the-secret"))

    gateway = load_gateway_settings()
    brain = load_brain_settings(os.environ)

    assert gateway.brain_service_host == "sentinel-brain"
    assert gateway.brain_service_port == brain.service_port


def test_the_durable_overlay_differs_only_in_the_gateways_kind_and_journal() -> None:
    """The gateway's containers are those of the base; each gets a claim that outlives it."""
    try:
        manifests = read_overlay("durable-journal")
    except FileNotFoundError as absent:
        pytest.skip(str(absent))
    base = find(read_base(), "Deployment", "sentinel-gateway")

    durable = find(manifests, "StatefulSet", "sentinel-gateway")

    assert base is not None
    assert durable is not None
    assert find(manifests, "Deployment", "sentinel-gateway") is None
    assert durable["spec"]["template"]["spec"]["containers"] == base["spec"]["template"]["spec"]["containers"]
    assert [claim["metadata"]["name"] for claim in durable["spec"]["volumeClaimTemplates"]] == ["journal"]
    assert durable["spec"]["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_the_priority_overlay_reaches_every_pod_that_a_checkout_needs() -> None:
    """A checkout needs gateway, brain and ledger: each names the class, which exists; dashboard and worker can wait."""
    try:
        manifests = read_overlay("priority")
    except FileNotFoundError as absent:
        pytest.skip(str(absent))

    classes = {pod.owner: pod.spec.get("priorityClassName") for pod in pods(manifests) if pod.lasting}

    assert classes.pop("Deployment/sentinel-dashboard") is None
    assert classes.pop("Deployment/sentinel-worker") is None
    assert set(classes.values()) == {"sentinel"}
    assert find(manifests, "PriorityClass", "sentinel") is not None
