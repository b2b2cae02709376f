"""
One broken copy after another: (policy, what breaks the parsed objects, the complaint that it must draw).

The objects are changed in place; they are the test's own copy.
"""

from collections.abc import Callable
from typing import Any

from tests.infra.k8s_manifests import Manifest, find

Change = Callable[[list[Manifest]], object]
_GONE = object()


def put(kind: str, name: str, path: str, value: object) -> Change:
    """Set what is at a path such as "spec.template.spec.containers.0.image"; with _GONE take it away."""

    def change(manifests: list[Manifest]) -> None:
        node: Any = find(manifests, kind, name)
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            node = node[step] if isinstance(step, int) else node.setdefault(step, {})
        if value is _GONE:
            del node[last]
        elif isinstance(node, list) and last == len(node):
            node.append(value)
        else:
            node[last] = value

    return change


def drop(kind: str, name: str) -> Change:
    """Take one object away."""
    return lambda manifests: manifests.remove(find(manifests, kind, name) or {})


def add(manifest: Manifest) -> Change:
    """Bring one object more."""
    return lambda manifests: manifests.append(manifest)


def _gateway(path: str, value: object) -> Change:
    return put("Deployment", "sentinel-gateway", f"spec.template.spec.{path}", value)


def _brain(path: str, value: object) -> Change:
    return put("Deployment", "sentinel-brain", f"spec.template.spec.{path}", value)


def _ledger(path: str, value: object) -> Change:
    return put("StatefulSet", "sentinel-db", f"spec.template.spec.{path}", value)


def _policy(name: str, path: str, value: object) -> Change:
    return put("NetworkPolicy", name, f"spec.{path}", value)


BREAKAGES: list[tuple[str, Change, str]] = [
    ("holds_the_restricted_level", _brain("containers.0.securityContext.runAsNonRoot", False), "may run as root"),
    ("holds_the_restricted_level", _ledger("securityContext.runAsUser", 0), "no numeric user"),
    (
        "holds_the_restricted_level",
        _ledger("initContainers.0.securityContext.readOnlyRootFilesystem", False),
        "may write to its root",
    ),
    ("holds_the_restricted_level", _gateway("containers.0.securityContext.capabilities", {}), "keeps capabilities"),
    (
        "holds_the_restricted_level",
        _gateway("containers.0.securityContext.capabilities.add", ["NET_RAW"]),
        "keeps capabilities",
    ),
    (
        "holds_the_restricted_level",
        _ledger("containers.1.securityContext.seccompProfile.type", "Unconfined"),
        "has no seccomp profile",
    ),
    (
        "holds_the_restricted_level",
        _brain("containers.0.securityContext.allowPrivilegeEscalation", _GONE),
        "may gain privileges",
    ),
    ("holds_the_restricted_level", _brain("containers.0.securityContext.privileged", True), "is privileged"),
    ("holds_the_restricted_level", _brain("containers.0.ports.0.hostPort", 50051), "takes a port of the node"),
    ("holds_the_restricted_level", _brain("hostNetwork", True), "hostNetwork"),
    ("holds_the_restricted_level", _brain("volumes.1", {"name": "x", "hostPath": {"path": "/"}}), "is a hostPath"),
    ("has_requests_and_limits", _gateway("containers.0.resources.limits.memory", _GONE), "no limit of memory"),
    ("has_requests_and_limits", _ledger("containers.1.resources.requests.cpu", _GONE), "no limit of cpu"),
    ("has_requests_and_limits", _gateway("containers.0.resources.limits.memory", "512mb"), "no limit of memory"),
    ("has_requests_and_limits", _brain("containers.0.resources.requests.cpu", "3"), "requests more cpu"),
    ("has_requests_and_limits", _gateway("volumes.0.emptyDir", {}), "journal may fill the node"),
    ("pins_its_images", _gateway("containers.0.image", "sentinel-gateway:latest"), "is not pinned"),
    ("pins_its_images", _ledger("initContainers.0.image", "mongo"), "is not pinned"),
    ("is_probed", _brain("containers.0.livenessProbe", _GONE), "no livenessProbe"),
    ("is_probed", _ledger("containers.1.readinessProbe.exec", _GONE), "no readinessProbe"),
    ("is_probed", _gateway("containers.0.startupProbe.failureThreshold", _GONE), "leaves its times to chance"),
    ("has_time_to_leave", _gateway("terminationGracePeriodSeconds", 12), "12 s of grace"),
    ("has_time_to_leave", _brain("containers.0.lifecycle.preStop.exec.command.1", "29"), "30 s of grace"),
    ("has_time_to_hand_over", _gateway("terminationGracePeriodSeconds", 60), "no time to hand over"),
    (
        "has_time_to_hand_over",
        _gateway("containers.0.env.6", {"name": "GATEWAY_DRAIN_S", "value": "8"}),
        "no time to hand over",
    ),
    (
        "has_time_to_hand_over",
        _gateway("containers.0.env.5", {"name": "GATEWAY_JOURNAL_MAX_MIB", "value": "1024"}),
        "may outgrow its volume",
    ),
    ("ignores_foreign_services", _brain("enableServiceLinks", _GONE), "service links"),
    ("drains_before_it_leaves", _brain("containers.0.lifecycle", _GONE), "leaves while callers still come"),
    ("drains_before_it_leaves", _gateway("containers.0.lifecycle.preStop.exec.command.1", "1"), "callers still come"),
    ("spreads_out", _ledger("topologySpreadConstraints.0", _GONE), "may share one node"),
    (
        "spreads_out",
        _brain("topologySpreadConstraints.0.labelSelector.matchLabels", {"app.kubernetes.io/name": "other"}),
        "may share one node",
    ),
    (
        "leaves_the_namespace_to_the_user",
        put("Service", "sentinel-db", "metadata.namespace", "default"),
        "names a namespace",
    ),
    (
        "leaves_the_namespace_to_the_user",
        put("RoleBinding", "sentinel-bootstrap", "subjects.0.namespace", "default"),
        "names a namespace",
    ),
    ("refers_to_what_exists", drop("ServiceAccount", "sentinel-brain"), "service account does not exist"),
    ("refers_to_what_exists", drop("ConfigMap", "sentinel-db-scripts"), "ConfigMap of volume scripts"),
    ("refers_to_what_exists", drop("Role", "sentinel-bootstrap"), "does not exist"),
    ("refers_to_what_exists", drop("Service", "sentinel-db"), "its Service does not exist"),
    ("refers_to_what_exists", drop("Deployment", "sentinel-brain"), "Deployment/sentinel-brain does not exist"),
    ("refers_to_what_exists", _gateway("volumes.0.name", "diary"), "mounts journal"),
    ("refers_to_what_exists", _ledger("volumes.0.secret.secretName", "other"), "nobody makes the Secret"),
    (
        "refers_to_what_exists",
        _brain("containers.0.env.1.valueFrom.secretKeyRef.name", "other"),
        "nobody makes the Secret of MONGODB_URL",
    ),
    (
        "selects_its_own",
        put("Deployment", "sentinel-brain", "spec.selector.matchLabels", {"app": "brain"}),
        "Deployment/sentinel-brain: selects nothing",
    ),
    (
        "selects_its_own",
        put("Service", "sentinel-gateway", "spec.selector", {"app.kubernetes.io/part-of": "sentinel"}),
        "Service/sentinel-gateway: selects",
    ),
    ("selects_its_own", drop("PodDisruptionBudget", "sentinel-db"), "has 0 disruption budgets"),
    ("meets_at_ports", put("Service", "sentinel-brain", "spec.ports.0.targetPort", "rpc"), "no container has port rpc"),
    ("meets_at_ports", _brain("containers.0.ports.0.containerPort", 50052), "its port is not 50051"),
    ("meets_at_ports", _gateway("containers.0.readinessProbe.httpGet.port", 8080), "asks at port 8080"),
    ("meets_at_ports", _gateway("containers.0.livenessProbe.httpGet.path", "/healthz"), "/healthz is not served"),
    (
        "meets_at_ports",
        _brain("containers.0.readinessProbe.grpc.service", "sentinel.fraud.v2.FraudDetection"),
        "which is not served",
    ),
    (
        "sets_what_the_code_reads",
        _gateway("containers.0.env.3", {"name": "GATEWAY_JOURNAL_FOLDER", "value": "/x"}),
        "GATEWAY_JOURNAL_FOLDER is not a setting",
    ),
    ("sets_what_the_code_reads", _gateway("containers.0.env.0.value", "brain"), "no Service is at brain:50051"),
    ("sets_what_the_code_reads", _gateway("containers.0.env.1.value", "50052"), "no Service is at sentinel-brain"),
    ("sets_what_the_code_reads", _brain("containers.0.env.1", _GONE), "is not told where the ledger is"),
    (
        "injects_no_faults",
        _brain("containers.0.env.2", {"name": "BRAIN_FAULT_LATENCY_RATE", "value": "0.1"}),
        "sets BRAIN_FAULT_LATENCY_RATE",
    ),
    (
        "injects_no_faults",
        _brain("containers.0.env.2", {"name": "BRAIN_FAULT_CONTROL", "value": "true"}),
        "sets BRAIN_FAULT_CONTROL",
    ),
    (
        "injects_no_faults",
        _gateway("containers.0.env.0", {"name": "GATEWAY_FAULT_CONTROL", "value": "true"}),
        "sets GATEWAY_FAULT_CONTROL",
    ),
    ("scales_calmly", drop("HorizontalPodAutoscaler", "sentinel-brain"), "sentinel-brain: does not scale"),
    ("scales_calmly", put("Deployment", "sentinel-brain", "spec.replicas", 3), "fight the autoscaler"),
    (
        "scales_calmly",
        put("HorizontalPodAutoscaler", "sentinel-gateway", "spec.behavior.scaleDown", {}),
        "scales down in haste",
    ),
    ("scales_calmly", put("HorizontalPodAutoscaler", "sentinel-gateway", "spec.minReplicas", 1), "scales from 1"),
    ("names_every_member", put("StatefulSet", "sentinel-db", "spec.replicas", 5), "MEMBERS is not"),
    ("names_every_member", put("StatefulSet", "sentinel-db", "spec.replicas", 2), "no majority"),
    ("names_every_member", put("StatefulSet", "sentinel-db", "spec.serviceName", "other"), "MEMBERS is not"),
    ("names_every_member", _ledger("containers.1.env", []), "MEMBERS is told to ['bootstrap']"),
    ("names_every_member", drop("StatefulSet", "sentinel-db"), "there is no StatefulSet"),
    (
        "restarts_with_its_script",
        put("ConfigMap", "sentinel-db-scripts", "data", {"steward.py": "changed"}),
        "steward-sha256 is",
    ),
    (
        "restarts_with_its_script",
        put("StatefulSet", "sentinel-db", "spec.template.metadata.annotations", {}),
        "is None",
    ),
    (
        "holds_no_secret",
        add({"kind": "Secret", "metadata": {"name": "sentinel-db"}, "stringData": {"a": "b"}}),
        "a Secret in a manifest",
    ),
    (
        "holds_no_secret",
        _brain("containers.0.env.1", {"name": "MONGODB_URL", "value": "mongodb://x"}),
        "MONGODB_URL is written out",
    ),
    (
        "holds_no_secret",
        put("ConfigMap", "sentinel-db-scripts", "data.more", "uri = mongodb://me:hush@sentinel-db"),
        "a URL with a password",
    ),
    (
        "gives_the_least_rights",
        put("Role", "sentinel-bootstrap", "rules.0.verbs", ["get", "list"]),
        "may ['get', 'list']",
    ),
    ("gives_the_least_rights", put("Role", "sentinel-bootstrap", "rules.0.resourceNames", _GONE), "may ['get']"),
    ("gives_the_least_rights", put("Role", "sentinel-bootstrap", "rules.1.resources", ["*"]), "may ['create'] ['*']"),
    (
        "gives_the_least_rights",
        add({"kind": "ClusterRoleBinding", "metadata": {"name": "admin"}}),
        "of the whole cluster",
    ),
    (
        "gives_the_least_rights",
        put("RoleBinding", "sentinel-bootstrap", "subjects.0.name", "sentinel-gateway"),
        "binds others",
    ),
    (
        "gives_tokens_only_to_callers",
        _gateway("automountServiceAccountToken", _GONE),
        "Deployment/sentinel-gateway: token",
    ),
    ("gives_tokens_only_to_callers", _brain("serviceAccountName", _GONE), "shares the default account"),
    (
        "gives_tokens_only_to_callers",
        put("ServiceAccount", "sentinel-db", "automountServiceAccountToken", True),
        "ServiceAccount/sentinel-db: token",
    ),
    ("lets_only_the_needed_talk", drop("NetworkPolicy", "sentinel-default-deny"), "is not denied by default"),
    ("lets_only_the_needed_talk", drop("NetworkPolicy", "sentinel-names"), "cannot look up names"),
    (
        "lets_only_the_needed_talk",
        drop("NetworkPolicy", "sentinel-db"),
        "sentinel-gateway cannot reach sentinel-db:27017",
    ),
    (
        "lets_only_the_needed_talk",
        _policy("sentinel-brain", "ingress.0.ports.0.port", 50052),
        "sentinel-gateway cannot reach sentinel-brain:50051",
    ),
    (
        "lets_only_the_needed_talk",
        _policy("sentinel-db", "egress", []),
        "sentinel-db cannot reach sentinel-db:27017",
    ),
    ("lets_only_the_needed_talk", _policy("sentinel-gateway", "ingress", []), "nobody can call sentinel-gateway"),
    ("lets_only_the_needed_talk", drop("NetworkPolicy", "sentinel-bootstrap"), "cannot reach the API server"),
    (
        "bounds_what_a_service_sees",
        _gateway("containers.0.env.2.valueFrom.secretKeyRef.name", "sentinel-db"),
        "sees ['sentinel-db']",
    ),
    (
        "bounds_what_a_service_sees",
        _brain("containers.0.envFrom", [{"secretRef": {"name": "sentinel-brain-db"}}]),
        "takes whole Secrets",
    ),
]


def _open_both_ends(manifests: list[Manifest]) -> None:
    """A bootstrap that may talk to the database: neither end alone would do."""
    _policy("sentinel-bootstrap", "egress.0", {})(manifests)
    _policy("sentinel-db", "ingress.0.from", [{"podSelector": {}}])(manifests)


BREAKAGES.append(
    ("lets_only_the_needed_talk", _open_both_ends, "sentinel-bootstrap may reach sentinel-db:27017"),
)
