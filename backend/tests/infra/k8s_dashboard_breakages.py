"""Broken copies of what belongs to the dashboard, in the form of k8s_breakages.py."""

from tests.infra.k8s_breakages import Change, put


def _dashboard(path: str, value: object) -> Change:
    return put("Deployment", "sentinel-dashboard", f"spec.template.spec.{path}", value)


DASHBOARD_BREAKAGES: list[tuple[str, Change, str]] = [
    (
        "drains_before_it_leaves",
        _dashboard("containers.0.lifecycle.preStop.exec.command.1", "0"),
        "Deployment/sentinel-dashboard: leaves",
    ),
    ("meets_at_ports", _dashboard("containers.0.livenessProbe.httpGet.path", "/health"), "/health is not served"),
    ("meets_at_ports", _dashboard("containers.0.ports.0.containerPort", 80), "its port is not 8080"),
    (
        "sets_what_the_code_reads",
        _dashboard("containers.0.env.0.value", "http://gateway:8000"),
        "no Service is at gateway:8000",
    ),
    (
        "sets_what_the_code_reads",
        _dashboard("containers.0.env.1", {"name": "MONGODB_URL", "value": "x"}),
        "MONGODB_URL is not a setting",
    ),
    (
        "lets_only_the_needed_talk",
        put("NetworkPolicy", "sentinel-dashboard", "spec.ingress", []),
        "nobody can call sentinel-dashboard",
    ),
    (
        "lets_only_the_needed_talk",
        put("NetworkPolicy", "sentinel-dashboard", "spec.egress", []),
        "sentinel-dashboard cannot reach sentinel-gateway:8000",
    ),
    (
        "lets_only_the_needed_talk",
        put("NetworkPolicy", "sentinel-brain", "spec.egress.1", {}),
        "sentinel-brain may reach sentinel-dashboard:8080",
    ),
]
