"""Whether the parts fit together and fit the code. A policy takes all objects and returns complaints."""

import hashlib
from collections.abc import Iterator
from typing import Any

from brain.settings import PREFIX
from brain.settings import Settings as BrainSettings
from gateway.features.health import api as health
from gateway.features.workers import api as worker_health
from gateway.settings import Settings as GatewaySettings
from local.settings import Settings as LocalSettings
from protos import fraud_pb2
from tests.infra.k8s_manifests import Manifest, Pod, find, matches, of_kind, pods, title

BRAIN_PORT = int(BrainSettings.model_fields["service_port"].default)
DASHBOARD_PORT = 8080  # likewise
GATEWAY_PORT = LocalSettings.from_environment({}).gateway_port
WORKER_PORT = int(GatewaySettings.model_fields["worker_port"].default)
MONGODB_PORT = 27017
PORTS = {
    "sentinel-brain": BRAIN_PORT,
    "sentinel-dashboard": DASHBOARD_PORT,
    "sentinel-db": MONGODB_PORT,
    "sentinel-gateway": GATEWAY_PORT,
    "sentinel-worker": WORKER_PORT,
}
GRPC_SERVICES = {"", fraud_pb2.DESCRIPTOR.services_by_name["FraudDetection"].full_name}
HEALTH_PATHS = {
    "sentinel-gateway": {getattr(route, "path", "") for route in health.router.routes},
    "sentinel-worker": {getattr(route, "path", "") for route in worker_health.router.routes},
    "sentinel-dashboard": {"/healthz"},  # of infra/docker/dashboard/nginx.conf.template
}
MADE_BY_BOOTSTRAP = frozenset({"sentinel-db", "sentinel-gateway-db", "sentinel-brain-db"})


def leaves_the_namespace_to_the_user(manifests: list[Manifest]) -> list[str]:
    """`kubectl apply -n` decides: no object and no reference names a namespace."""
    return [f"{title(each)}: names a namespace" for each in manifests if _names_namespace(each)]


def _names_namespace(node: Any) -> bool:
    if isinstance(node, dict):
        return "namespace" in node or any(_names_namespace(value) for value in node.values())
    return isinstance(node, list) and any(_names_namespace(value) for value in node)


def refers_to_what_exists(manifests: list[Manifest]) -> list[str]:
    """Accounts, ConfigMaps, Secrets, volumes, roles and scaled workloads are there when they are named."""
    return [*_pod_references(manifests), *_other_references(manifests)]


def _pod_references(manifests: list[Manifest]) -> Iterator[str]:
    for pod in pods(manifests):
        if find(manifests, "ServiceAccount", pod.spec.get("serviceAccountName", "default")) is None:
            yield f"{pod.owner}: its service account does not exist"
        for volume in pod.spec.get("volumes", []):
            if "configMap" in volume and find(manifests, "ConfigMap", volume["configMap"]["name"]) is None:
                yield f"{pod.owner}: ConfigMap of volume {volume['name']} does not exist"
            if "secret" in volume and volume["secret"]["secretName"] not in MADE_BY_BOOTSTRAP:
                yield f"{pod.owner}: nobody makes the Secret of volume {volume['name']}"
        volumes = {*pod.claims, *(volume["name"] for volume in pod.spec.get("volumes", []))}
        for container in pod.containers:
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield f"{pod.owner}, {container['name']}: mounts {mount['name']}, which does not exist"
            for entry in container.get("env", []):
                name = entry.get("valueFrom", {}).get("secretKeyRef", {}).get("name")
                if name is not None and name not in MADE_BY_BOOTSTRAP:
                    yield f"{pod.owner}, {container['name']}: nobody makes the Secret of {entry['name']}"


def _other_references(manifests: list[Manifest]) -> Iterator[str]:
    for each in of_kind(manifests, "HorizontalPodAutoscaler"):
        target = each["spec"]["scaleTargetRef"]
        if find(manifests, target["kind"], target["name"]) is None:
            yield f"{title(each)}: {target['kind']}/{target['name']} does not exist"
    for each in of_kind(manifests, "RoleBinding"):
        ends = [each["roleRef"], *each["subjects"]]
        yield from (
            f"{title(each)}: {end} does not exist" for end in ends if not find(manifests, end["kind"], end["name"])
        )
    for each in of_kind(manifests, "StatefulSet"):
        if find(manifests, "Service", each["spec"]["serviceName"]) is None:
            yield f"{title(each)}: its Service does not exist"


def selects_its_own(manifests: list[Manifest]) -> list[str]:
    """A workload selects its own pods and no other's; each Service and each budget selects one workload's."""
    complaints = []
    selectors: list[tuple[str, dict[str, str], str | None]] = [
        (title(each), each["spec"]["selector"]["matchLabels"], title(each))
        for each in manifests
        if each["kind"] in {"Deployment", "StatefulSet"}
    ]
    selectors += [(title(each), each["spec"]["selector"], None) for each in of_kind(manifests, "Service")]
    budgets = of_kind(manifests, "PodDisruptionBudget")
    selectors += [(title(each), each["spec"]["selector"]["matchLabels"], None) for each in budgets]
    for who, selector, owner in selectors:
        found = [pod.owner for pod in pods(manifests) if matches(selector, pod.labels)]
        if len(found) != 1 or owner not in {None, found[0]}:
            complaints.append(f"{who}: selects {found or 'nothing'}")
    for pod in pods(manifests):
        guards = [b for b in budgets if matches(b["spec"]["selector"]["matchLabels"], pod.labels)]
        if pod.lasting and len(guards) != 1:
            complaints.append(f"{pod.owner}: has {len(guards)} disruption budgets")
    return complaints


def meets_at_ports(manifests: list[Manifest]) -> list[str]:
    """Services lead to ports that containers have, those are the code's, and probes ask there for what is served."""
    complaints = []
    for each in of_kind(manifests, "Service"):
        for port in each["spec"]["ports"]:
            for pod in pods(manifests):
                if matches(each["spec"]["selector"], pod.labels) and port["targetPort"] not in _ports(pod):
                    complaints.append(f"{title(each)}: no container has port {port['targetPort']}")
    for pod in pods(manifests):
        name = pod.labels["app.kubernetes.io/name"]
        if name in PORTS and set(_ports(pod).values()) != {PORTS[name]}:
            complaints.append(f"{pod.owner}: its port is not {PORTS[name]}")
        complaints += [f"{pod.owner}: {problem}" for problem in _probe_problems(pod)]
    return complaints


def _ports(pod: Pod) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for each in pod.containers for port in each.get("ports", [])}


def _probe_problems(pod: Pod) -> Iterator[str]:
    probes = [each for container in pod.containers for name, each in container.items() if name.endswith("Probe")]
    for probe in probes:
        for kind in probe.keys() & {"httpGet", "grpc", "tcpSocket"}:
            if probe[kind]["port"] not in _ports(pod).values():
                yield f"{kind} probe asks at port {probe[kind]['port']}, which nobody has"
        served = HEALTH_PATHS.get(pod.labels["app.kubernetes.io/name"], set())
        if "httpGet" in probe and probe["httpGet"]["path"] not in served:
            yield f"probe path {probe['httpGet']['path']} is not served"
        if "grpc" in probe and probe["grpc"].get("service", "") not in GRPC_SERVICES:
            yield f"probe of gRPC service {probe['grpc']['service']}, which is not served"


def sets_what_the_code_reads(manifests: list[Manifest]) -> list[str]:
    """Every variable of a service is one of its settings, and addresses lead to a Service."""
    known = {
        "sentinel-gateway": _gateway_names(),
        "sentinel-worker": _gateway_names(),
        "sentinel-brain": _brain_names(),
        "sentinel-dashboard": {"GATEWAY_URL"},  # of infra/docker/dashboard/start.sh
    }
    complaints = []
    for pod in pods(manifests):
        name = pod.labels["app.kubernetes.io/name"]
        if name not in known:
            continue
        entries = {entry["name"]: entry for each in pod.spec["containers"] for entry in each.get("env", [])}
        complaints += [f"{pod.owner}: {odd} is not a setting" for odd in sorted(entries.keys() - known[name])]
        if "MONGODB_URL" not in entries and name != "sentinel-dashboard":
            complaints.append(f"{pod.owner}: is not told where the ledger is")
        told = {key: entry.get("value", "") for key, entry in entries.items()}
        if name in ("sentinel-gateway", "sentinel-worker"):
            address = f"{told.get('BRAIN_SERVICE_HOST', '')}:{told.get('BRAIN_SERVICE_PORT', '')}"
            complaints += _leads_nowhere(manifests, pod, address)
        if name == "sentinel-dashboard":
            complaints += _leads_nowhere(manifests, pod, told.get("GATEWAY_URL", "").removeprefix("http://"))
    return complaints


def _leads_nowhere(manifests: list[Manifest], pod: Pod, address: str) -> list[str]:
    host, _, port = address.partition(":")
    service = find(manifests, "Service", host)
    if service is not None and port in {str(each["port"]) for each in service["spec"]["ports"]}:
        return []
    return [f"{pod.owner}: no Service is at {address}"]


def _gateway_names() -> set[str]:
    fields = GatewaySettings.model_fields.items()
    return {str(field.validation_alias or f"GATEWAY_{name.upper()}") for name, field in fields}


def _brain_names() -> set[str]:
    fields = BrainSettings.model_fields.items()
    return {str(field.validation_alias or f"{PREFIX}{name}".upper()) for name, field in fields}


def injects_no_faults(manifests: list[Manifest]) -> list[str]:
    """No brain is started with a fault, and nobody can switch one on while customers pay: all of it is off unset."""
    return [
        f"{pod.owner}, {container['name']}: sets {entry['name']}"
        for pod in pods(manifests)
        for container in pod.containers
        for entry in container.get("env", [])
        if entry["name"].startswith(("BRAIN_FAULT_", "GATEWAY_FAULT_"))
    ]


def scales_calmly(manifests: list[Manifest]) -> list[str]:
    """Gateway and brain scale from at least two, on a request that exists, slowly down; nobody else sets the number."""
    complaints = []
    targets = {}
    for each in of_kind(manifests, "HorizontalPodAutoscaler"):
        spec = each["spec"]
        targets[spec["scaleTargetRef"]["name"]] = spec["scaleTargetRef"]["kind"]
        if not 2 <= spec.get("minReplicas", 1) < spec["maxReplicas"]:
            complaints.append(f"{title(each)}: scales from {spec.get('minReplicas', 1)} to {spec['maxReplicas']}")
        if spec.get("behavior", {}).get("scaleDown", {}).get("stabilizationWindowSeconds", 0) < 60:
            complaints.append(f"{title(each)}: scales down in haste")
    for name in ("sentinel-gateway", "sentinel-brain"):
        workload = find(manifests, targets.get(name, ""), name)
        if workload is None:
            complaints.append(f"{name}: does not scale")
        elif "replicas" in workload["spec"]:
            complaints.append(f"{title(workload)}: its replicas fight the autoscaler's")
    return complaints


def names_every_member(manifests: list[Manifest]) -> list[str]:
    """Whoever is told the ledger's members is told all of them, by their stable names."""
    complaints = []
    ledger = find(manifests, "StatefulSet", "sentinel-db")
    if ledger is None:
        return ["there is no StatefulSet/sentinel-db"]
    service, count = ledger["spec"]["serviceName"], ledger["spec"]["replicas"]
    wanted = ",".join(f"sentinel-db-{number}.{service}:{MONGODB_PORT}" for number in range(count))
    told = []
    for pod in pods(manifests):
        for container in pod.containers:
            for entry in container.get("env", []):
                if entry["name"] == "MEMBERS":
                    told.append(container["name"])
                    if entry["value"] != wanted:
                        complaints.append(f"{pod.owner}, {container['name']}: MEMBERS is not {wanted}")
    if sorted(told) != ["bootstrap", "steward"]:
        complaints.append(f"MEMBERS is told to {told}")
    if count < 3 or count % 2 == 0:
        complaints.append(f"{count} members: no majority when one is lost")
    return complaints


def restarts_with_its_script(manifests: list[Manifest]) -> list[str]:
    """A mounted script that changes restarts nobody, so its digest stands in the pods' annotations and rolls them."""
    scripts, ledger = find(manifests, "ConfigMap", "sentinel-db-scripts"), find(manifests, "StatefulSet", "sentinel-db")
    if scripts is None or ledger is None:
        return ["there is no steward"]
    digest = hashlib.sha256(scripts["data"]["steward.py"].encode()).hexdigest()[:16]
    said = ledger["spec"]["template"]["metadata"].get("annotations", {}).get("steward-sha256")
    return [] if said == digest else [f"steward-sha256 is {said}: the script's is {digest}"]


POLICIES = (
    leaves_the_namespace_to_the_user,
    refers_to_what_exists,
    selects_its_own,
    meets_at_ports,
    sets_what_the_code_reads,
    injects_no_faults,
    scales_calmly,
    names_every_member,
    restarts_with_its_script,
)
