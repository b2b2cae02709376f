"""What the documents say to docker-compose and kubectl names services, objects and files that exist."""

import re
from pathlib import Path

import pytest
import yaml

from tests.infra.k8s_manifests import read_base, read_overlay
from tests.markdown import ROOT, documents

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
SERVICES = set(COMPOSE)
LONG = {"deploy": "deployment"}  # kubectl takes short names of kinds


def commands(document: Path, program: str) -> list[str]:
    """Every command of a program in a document, in blocks or in a line, without its comment."""
    found = re.findall(rf"\b{program} ([^`\n|]*)", document.read_text(encoding="utf-8"))
    return [command.partition("#")[0].rstrip() for command in found]


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_compose_commands_name_services_that_exist(document: Path) -> None:
    """`docker-compose stop brain` stops something."""
    for command in commands(document, "docker-compose"):
        if named := re.match(r"(?:stop|start|restart|kill|exec|logs(?: -f)?) (\w+)", command):
            assert named[1] in SERVICES, command


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_kubectl_commands_name_objects_and_files_that_exist(document: Path) -> None:
    """`kubectl logs -f deployment/sentinel-gateway` has something to show."""
    manifests = [*read_base(), *read_overlay("durable-journal")]
    objects = {(manifest["kind"].lower(), manifest["metadata"]["name"]) for manifest in manifests}

    for command in commands(document, "kubectl"):
        for kind, name in re.findall(r"\b(deployment|deploy|statefulset|service|job)/([a-z-]+)", command):
            assert (LONG.get(kind, kind), name) in objects, command
        for path in re.findall(r"\binfra/k8s/\S*", command):
            assert (ROOT / path).exists(), command


def test_whoever_sends_webhooks_is_given_the_receiver_and_let_out_to_it() -> None:
    """The worker sends alerts, and so does the gateway without a ledger: without them webhooks stop silently."""
    readme = ROOT / "infra" / "k8s" / "README.md"
    blocks = re.findall(r"```yaml\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    (policy,) = (block for text in blocks if (block := yaml.safe_load(text)).get("kind") == "NetworkPolicy")
    (selected,) = policy["spec"]["podSelector"]["matchExpressions"]
    (given,) = (command for command in commands(readme, "kubectl") if "secret/sentinel-webhook" in command)
    senders = {"sentinel-worker", "sentinel-gateway"}

    assert (selected["key"], set(selected["values"])) == ("app.kubernetes.io/name", senders)
    assert policy["spec"]["egress"]
    assert set(re.findall(r"deployment/([a-z-]+)", given)) == senders


def test_the_readme_shows_both() -> None:
    """Else the tests above would be content with nothing."""
    assert commands(ROOT / "README.md", "docker-compose")
    assert commands(ROOT / "README.md", "kubectl")


def test_the_links_of_invitations_lead_to_where_compose_publishes_the_dashboard() -> None:
    """The gateway's own image has no pages."""
    (published,) = COMPOSE["dashboard"]["ports"]
    port = re.search(r"DASHBOARD_PORT:-(\d+)", published)

    assert port is not None
    assert COMPOSE["gateway"]["environment"]["GATEWAY_PUBLIC_URL"].endswith(f"http://localhost:{port[1]}}}")
