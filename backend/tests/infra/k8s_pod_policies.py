"""What we demand of every pod. A policy takes all objects and returns complaints; none means all is well."""

import re
from collections.abc import Iterator
from typing import Any

from tests.infra.k8s_manifests import Manifest, Pod, pods

RESOURCES = ("cpu", "memory", "ephemeral-storage")
QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)(m|[KMGT]i?)?$")
FACTORS = {None: 1.0, "m": 0.001, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
VOLUME_KINDS = frozenset({"configMap", "emptyDir", "secret", "projected", "persistentVolumeClaim", "downwardAPI"})
CALLED_THROUGH_A_SERVICE = frozenset({"sentinel-gateway", "sentinel-brain", "sentinel-dashboard"})
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
GRACE_DEFAULT_S = 30  # Kubernetes' own


def holds_the_restricted_level(manifests: list[Manifest]) -> list[str]:
    """Kubernetes' Pod Security Standard "restricted", and a read-only root beside it."""
    return [complaint for pod in pods(manifests) for complaint in (*_pod_security(pod), *_container_security(pod))]


def _pod_security(pod: Pod) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(field):
            yield f"{pod.owner}: {field}"
    for volume in pod.spec.get("volumes", []):
        if foreign := volume.keys() - {"name"} - VOLUME_KINDS:
            yield f"{pod.owner}: volume {volume['name']} is a {', '.join(foreign)}"


def _container_security(pod: Pod) -> Iterator[str]:
    shared = pod.spec.get("securityContext", {})
    for container in pod.containers:
        place = f"{pod.owner}, {container['name']}"
        context = container.get("securityContext", {})
        if context.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
            yield f"{place}: may run as root"
        if not context.get("runAsUser", shared.get("runAsUser", 0)) > 0:
            yield f"{place}: has no numeric user other than 0"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{place}: may gain privileges"
        if context.get("privileged"):
            yield f"{place}: is privileged"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{place}: may write to its root"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{place}: keeps capabilities"
        profile = context.get("seccompProfile", shared.get("seccompProfile", {}))
        if profile.get("type") != "RuntimeDefault":
            yield f"{place}: has no seccomp profile"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{place}: takes a port of the node"


def has_requests_and_limits(manifests: list[Manifest]) -> list[str]:
    """Every container says what it needs and what it may take, in quantities that Kubernetes understands."""
    return [complaint for pod in pods(manifests) for complaint in _resources(pod)]


def _resources(pod: Pod) -> Iterator[str]:
    for container in pod.containers:
        place = f"{pod.owner}, {container['name']}"
        stated = container.get("resources", {})
        for resource in RESOURCES:
            amounts = [quantity(stated.get(part, {}).get(resource)) for part in ("requests", "limits")]
            if None in amounts:
                yield f"{place}: no request or no limit of {resource}"
            elif amounts[0] > amounts[1]:  # type: ignore[operator]
                yield f"{place}: requests more {resource} than its limit"
    for volume in pod.spec.get("volumes", []):
        if "emptyDir" in volume and quantity(volume["emptyDir"].get("sizeLimit")) is None:
            yield f"{pod.owner}: volume {volume['name']} may fill the node"


def quantity(text: object) -> float | None:
    """A Kubernetes quantity in its base unit (cores, bytes); None for what is none."""
    found = QUANTITY.match(str(text))
    return float(found[1]) * FACTORS[found[2]] if found and found[2] in FACTORS else None


def pins_its_images(manifests: list[Manifest]) -> list[str]:
    """A tag that names a version, or a digest: what was tested is what runs."""
    return [
        f"{pod.owner}, {container['name']}: image {container['image']} is not pinned"
        for pod in pods(manifests)
        for container in pod.containers
        if not re.search(r":v?\d+(\.\d+)+[\w.-]*$|@sha256:[0-9a-f]{64}$", container["image"])
    ]


def is_probed(manifests: list[Manifest]) -> list[str]:
    """Whatever serves is asked whether it has started, may have traffic, and lives; each within a stated time."""
    complaints = []
    for pod in pods(manifests):
        for container in pod.lasting:
            for name in PROBES:
                probe = container.get(name, {})
                if not probe.keys() & {"httpGet", "grpc", "tcpSocket", "exec"}:
                    complaints.append(f"{pod.owner}, {container['name']}: no {name}")
                elif not probe.keys() >= {"periodSeconds", "timeoutSeconds", "failureThreshold"}:
                    complaints.append(f"{pod.owner}, {container['name']}: {name} leaves its times to chance")
    return complaints


def has_time_to_leave(manifests: list[Manifest]) -> list[str]:
    """The grace covers the preStop pause and leaves at least as much again, or 10 s, for the process itself."""
    complaints = []
    for pod in pods(manifests):
        grace_s = pod.spec.get("terminationGracePeriodSeconds", GRACE_DEFAULT_S)
        for container in pod.lasting:
            command = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
            if command[0] != "sleep" or grace_s < (pause_s := int(command[1])) + max(pause_s, 10):
                complaints.append(f"{pod.owner}, {container['name']}: {grace_s} s of grace for {command}")
    return complaints


def has_time_to_hand_over(manifests: list[Manifest]) -> list[str]:
    """
    A journal that goes with its pod has GATEWAY_DRAIN_S to reach a ledger that is away, and the grace covers that.

    A minute at least, because an election of a primary takes 11 s and the restart of a node some more; 5 s after it
    for the rest of a stop. What the journal may hold in bytes stays under three quarters of its volume.
    """
    complaints = []
    for pod in pods(manifests):
        if pod.labels.get("app.kubernetes.io/name") != "sentinel-gateway":
            continue
        said = {each["name"]: each.get("value") for each in pod.spec["containers"][0]["env"]}
        hook = pod.spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", [])
        drain_s, pause_s = float(said.get("GATEWAY_DRAIN_S") or 0), int(hook[1]) if hook[:1] == ["sleep"] else 0
        if drain_s < 60 or pod.spec.get("terminationGracePeriodSeconds", GRACE_DEFAULT_S) < pause_s + drain_s + 5:
            complaints.append(f"{pod.owner}: no time to hand over its journal")
        volume: dict[str, Any] = next((each for each in pod.spec["volumes"] if each["name"] == "journal"), {})
        limit = volume.get("emptyDir", {}).get("sizeLimit", "2Gi")
        if float(said.get("GATEWAY_JOURNAL_MAX_MIB") or "inf") > 768 * float(str(limit).removesuffix("Gi")):
            complaints.append(f"{pod.owner}: its journal may outgrow its volume")
    return complaints


def ignores_foreign_services(manifests: list[Manifest]) -> list[str]:
    """No *_SERVICE_HOST names from neighbours: an unknown BRAIN_ or GATEWAY_ name stops our start."""
    return [f"{pod.owner}: service links" for pod in pods(manifests) if pod.spec.get("enableServiceLinks") is not False]


def drains_before_it_leaves(manifests: list[Manifest]) -> list[str]:
    """What is called through a Service that drops it serves on until callers know: at least 5 s of preStop."""
    complaints = []
    for pod in pods(manifests):
        if pod.labels.get("app.kubernetes.io/name") in CALLED_THROUGH_A_SERVICE:
            hook = pod.spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", [])
            if hook[:1] != ["sleep"] or int(hook[1]) < 5:
                complaints.append(f"{pod.owner}: leaves while callers still come")
    return complaints


def spreads_out(manifests: list[Manifest]) -> list[str]:
    """Replicas of one thing go to different nodes and zones where there are some, and the constraint counts its own."""
    complaints = []
    for pod in pods(manifests):
        keys = {
            each["topologyKey"]
            for each in pod.spec.get("topologySpreadConstraints", [])
            if (labels := each["labelSelector"]["matchLabels"]) and labels.items() <= pod.labels.items()
        }
        if pod.lasting and keys != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            complaints.append(f"{pod.owner}: replicas may share one node")
    return complaints


POLICIES = (
    holds_the_restricted_level,
    has_requests_and_limits,
    pins_its_images,
    is_probed,
    has_time_to_leave,
    has_time_to_hand_over,
    ignores_foreign_services,
    drains_before_it_leaves,
    spreads_out,
)
