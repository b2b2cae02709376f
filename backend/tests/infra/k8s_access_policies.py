"""Who may know what and talk to whom. A policy takes all objects and returns complaints; none means all is well."""

import re
from itertools import product
from typing import Any

from tests.infra.k8s_manifests import Manifest, matches, of_kind, pods, title

SECRET_NAME = re.compile(r"PASSW|SECRET|TOKEN|CREDENTIAL|MONGODB_URL|API_?KEY", re.IGNORECASE)
URL_WITH_PASSWORD = re.compile(r"://[^\s/:{}]+:[^\s/@{}]+@")  # {} is a place that a script fills in
CONVERSATIONS = {  # caller, called, port: all that Sentinel needs inside the cluster
    ("sentinel-gateway", "sentinel-brain", 50051),
    ("sentinel-gateway", "sentinel-db", 27017),
    ("sentinel-worker", "sentinel-brain", 50051),
    ("sentinel-worker", "sentinel-db", 27017),
    ("sentinel-dashboard", "sentinel-gateway", 8000),
    ("sentinel-brain", "sentinel-db", 27017),
    ("sentinel-db", "sentinel-db", 27017),
}
DNS_PORTS = {("UDP", 53), ("TCP", 53)}
MADE_BY_BOOTSTRAP = {"sentinel-db", "sentinel-gateway-db", "sentinel-brain-db"}


def holds_no_secret(manifests: list[Manifest]) -> list[str]:
    """No Secret object, no password in a URL anywhere, and no variable with a secret's name and a literal value."""
    complaints = [f"{title(each)}: a Secret in a manifest" for each in of_kind(manifests, "Secret")]
    complaints += [f"{title(each)}: a URL with a password" for each in manifests if _has_password(each)]
    for pod in pods(manifests):
        for container in pod.containers:
            for entry in container.get("env", []):
                if "value" in entry and SECRET_NAME.search(entry["name"]):
                    complaints.append(f"{pod.owner}, {container['name']}: {entry['name']} is written out")
    return complaints


def _has_password(node: Any) -> bool:
    if isinstance(node, dict):
        return any(_has_password(value) for value in node.values())
    if isinstance(node, list):
        return any(_has_password(value) for value in node)
    return isinstance(node, str) and URL_WITH_PASSWORD.search(node) is not None


def gives_the_least_rights(manifests: list[Manifest]) -> list[str]:
    """One Role, of the bootstrap alone: read three named Secrets, create Secrets; nothing of the whole cluster."""
    complaints = [f"{title(each)}: of the whole cluster" for each in manifests if each["kind"].startswith("Cluster")]
    for role in of_kind(manifests, "Role"):
        for rule in role["rules"]:
            verbs, names = set(rule["verbs"]), set(rule.get("resourceNames", []))
            reads = verbs == {"get"} and names == MADE_BY_BOOTSTRAP
            if rule["apiGroups"] != [""] or rule["resources"] != ["secrets"] or not (reads or verbs == {"create"}):
                complaints.append(f"{title(role)}: may {sorted(verbs)} {rule['resources']} {sorted(names)}")
    for binding in of_kind(manifests, "RoleBinding"):
        if [subject["name"] for subject in binding["subjects"]] != ["sentinel-bootstrap"]:
            complaints.append(f"{title(binding)}: binds others than the bootstrap")
    return complaints


def gives_tokens_only_to_callers(manifests: list[Manifest]) -> list[str]:
    """A token of the API server is mounted where a Role is bound, and nowhere else; no account is the default one."""
    bound = {subject["name"] for each in of_kind(manifests, "RoleBinding") for subject in each["subjects"]}
    complaints = []
    for pod in pods(manifests):
        account = pod.spec.get("serviceAccountName", "default")
        if pod.spec.get("automountServiceAccountToken", True) is not (account in bound):
            complaints.append(f"{pod.owner}: token")
        if account == "default":
            complaints.append(f"{pod.owner}: shares the default account")
    complaints += [
        f"{title(each)}: token"
        for each in of_kind(manifests, "ServiceAccount")
        if each.get("automountServiceAccountToken", True) is not (each["metadata"]["name"] in bound)
    ]
    return complaints


def lets_only_the_needed_talk(manifests: list[Manifest]) -> list[str]:
    """
    Both ends of each needed conversation allow it, no other is allowed, and every pod is denied by default.

    Judged as Kubernetes does: a pod that any policy of a direction selects may do what one of those names.
    """
    complaints = []
    labels = {pod.labels["app.kubernetes.io/name"]: pod.labels for pod in pods(manifests)}
    for name, own in labels.items():
        if not any(
            not each["spec"].get("ingress") and not each["spec"].get("egress")
            and set(each["spec"]["policyTypes"]) == {"Ingress", "Egress"}
            for each in _policies_of(manifests, own)
        ):  # fmt: skip
            complaints.append(f"{name}: is not denied by default")
        if not all(_may_send(manifests, own, None, port, protocol) for protocol, port in DNS_PORTS):
            complaints.append(f"{name}: cannot look up names")
    for caller, called, port in product(labels, labels, (50051, 27017, 8000, 8080, 443)):
        sends = _may_send(manifests, labels[caller], labels[called], port)
        takes = _may_take(manifests, labels[called], labels[caller], port)
        needed = (caller, called, port) in CONVERSATIONS
        if needed and not (sends and takes):
            complaints.append(f"{caller} cannot reach {called}:{port}")
        if sends and takes and not needed:
            complaints.append(f"{caller} may reach {called}:{port}")
    for name, port in (("sentinel-gateway", 8000), ("sentinel-dashboard", 8080)):
        if not _may_take(manifests, labels[name], None, port):
            complaints.append(f"nobody can call {name}")
    if not _may_send(manifests, labels["sentinel-bootstrap"], None, 443):
        complaints.append("the bootstrap cannot reach the API server")
    return complaints


def _policies_of(manifests: list[Manifest], labels: dict[str, str]) -> list[Manifest]:
    policies = of_kind(manifests, "NetworkPolicy")
    return [each for each in policies if matches(each["spec"]["podSelector"].get("matchLabels", {}), labels)]


def _may_send(
    manifests: list[Manifest], own: dict[str, str], peer: dict[str, str] | None, port: int, protocol: str = "TCP"
) -> bool:
    return _allowed(manifests, own, peer, port, protocol, direction=("Egress", "egress", "to"))


def _may_take(manifests: list[Manifest], own: dict[str, str], peer: dict[str, str] | None, port: int) -> bool:
    return _allowed(manifests, own, peer, port, "TCP", direction=("Ingress", "ingress", "from"))


def _allowed(
    manifests: list[Manifest],
    own: dict[str, str],
    peer: dict[str, str] | None,
    port: int,
    protocol: str,
    *,
    direction: tuple[str, str, str],
) -> bool:
    """A peer of None is somebody outside of Sentinel."""
    kind, rules, ends = direction
    policies = [each["spec"] for each in _policies_of(manifests, own) if kind in each["spec"]["policyTypes"]]
    if not policies:
        return True
    for rule in (rule for policy in policies for rule in policy.get(rules, [])):
        ports = {(each["protocol"], each["port"]) for each in rule.get("ports", [])}
        if (not ports or (protocol, port) in ports) and any(_is_peer(end, peer) for end in rule.get(ends, [{}])):
            return True
    return False


def _is_peer(end: dict[str, Any], peer: dict[str, str] | None) -> bool:
    if not end:
        return True
    if "namespaceSelector" in end or "ipBlock" in end:
        return peer is None
    return peer is not None and matches(end["podSelector"].get("matchLabels", {}), peer)


def bounds_what_a_service_sees(manifests: list[Manifest]) -> list[str]:
    """A service sees the Secret with its own URL, a worker the gateway's; all passwords go to the ledger's pods."""
    complaints = []
    own = {"sentinel-db": "sentinel-db", "sentinel-worker": "sentinel-gateway-db"}
    for pod in pods(manifests):
        name = pod.labels["app.kubernetes.io/name"]
        mounted = {each["secret"]["secretName"] for each in pod.spec.get("volumes", []) if "secret" in each}
        for container in pod.containers:
            for entry in container.get("env", []):
                if reference := entry.get("valueFrom", {}).get("secretKeyRef"):
                    mounted.add(reference["name"])
            if container.get("envFrom"):
                complaints.append(f"{pod.owner}, {container['name']}: takes whole Secrets as environment")
        if foreign := mounted - {own.get(name, f"{name}-db")}:
            complaints.append(f"{pod.owner}: sees {sorted(foreign)}")
    return complaints


POLICIES = (
    holds_no_secret,
    gives_the_least_rights,
    gives_tokens_only_to_callers,
    lets_only_the_needed_talk,
    bounds_what_a_service_sees,
)
