"""Dockerfiles and docker-compose.yml keep our rules; each rule is seen to fail on a copy that breaks it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.commands import ROOT
from tests.containers import engine
from tests.infra import compose_policies, docker_policies
from tests.infra.compose_policies import Compose
from tests.infra.docker_policies import Instruction

SERVICES = ("brain", "gateway", "dashboard")
SOURCES = {"brain": "backend/brain", "gateway": "backend/gateway", "dashboard": "frontend/dashboard"}
HADOLINT = Path(sys.executable).with_name("hadolint")
FilePolicy = Callable[[str, list[Instruction]], list[str]]
ComposePolicy = Callable[[Compose], list[str]]
FILE_POLICIES: dict[str, FilePolicy] = {policy.__name__: policy for policy in docker_policies.POLICIES}
COMPOSE_POLICIES: dict[str, ComposePolicy] = {policy.__name__: policy for policy in compose_policies.POLICIES}


def dockerfile(service: str) -> Path:
    """Where the text of a service's Dockerfile is."""
    return ROOT / "infra" / "docker" / f"Dockerfile.{service}"


def compose_file() -> Compose:
    """docker-compose.yml with its anchors resolved and its variables as they stand."""
    parsed: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return parsed


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    """What the linter says; its exit status is 0 when it says nothing."""
    return subprocess.run([HADOLINT, path], capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("service", SERVICES)
def test_hadolint_has_nothing_to_say(service: str) -> None:
    """None of its rules is switched off."""
    said = hadolint(dockerfile(service))

    assert (said.returncode, said.stdout) == (0, "")
    assert "hadolint ignore" not in dockerfile(service).read_text()


def test_hadolint_is_awake(tmp_path: Path) -> None:
    """A copy with an unpinned base draws its complaint."""
    broken = tmp_path / "Dockerfile"
    broken.write_text(dockerfile("brain").read_text().replace("python:3.11-slim", "python"))

    said = hadolint(broken)

    assert said.returncode != 0
    assert "DL3006" in said.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_the_dockerfile_beside_the_service_is_the_same_text(service: str) -> None:
    """A link, relative so that it holds in every checkout; never a copy that grows apart."""
    link = ROOT / SOURCES[service] / "Dockerfile"

    assert not link.readlink().is_absolute()
    assert link.resolve() == dockerfile(service).resolve()


def test_a_build_sees_only_what_is_allowed() -> None:
    """The context is an allow-list: everything is left out first, and nothing but our folders comes back."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert allowed == {
        "backend/constraints.txt",
        *SOURCES.values(),
        *(f"backend/{folder}" for folder in docker_policies.RUNTIME_FOLDERS),
        *(f"backend/{folder}" for folders in docker_policies.TOOLS.values() for folder in folders),
        "infra/docker",
    }
    assert "**/.env*" in rules
    # later rules win: what this machine has built does not come back with the folder around it
    made_here = [f"frontend/dashboard/{name}" for name in ("node_modules", ".next", "out")]
    assert all(rules.index(name) > rules.index("!frontend/dashboard") for name in made_here)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("policy", FILE_POLICIES.values(), ids=FILE_POLICIES)
def test_a_dockerfile_keeps_the_policy(policy: FilePolicy, service: str) -> None:
    """The file as it ships draws no complaint."""
    instructions = docker_policies.parse(dockerfile(service).read_text())

    complaints = policy(service, instructions)

    assert complaints == []


# policy, what is replaced in the Dockerfile (a pattern), by what, and the complaint that it must draw
BROKEN_DASHBOARD = [
    ("bases_are_pinned", r"nginx-unprivileged:stable", "nginx-unprivileged:latest", "nginx-unprivileged:latest"),
    ("built_in_two_stages", r"EXPOSE", "RUN npm ci\nEXPOSE", "installs in the final stage"),
    ("runs_unprivileged", r"USER 101:101", "USER nginx", "not uid:gid"),
    ("gets_signals_itself", r"STOPSIGNAL SIGQUIT", "STOPSIGNAL SIGTERM", "no STOPSIGNAL SIGQUIT"),
    ("gets_signals_itself", r"CMD \[\"/etc.*", "CMD /etc/sentinel/start.sh", "CMD is no list"),
    ("says_whether_it_is_healthy", r"HEALTHCHECK(.|\n)*?healthz.*\n", "", "no HEALTHCHECK"),
    ("holds_its_own_folders", r"COPY frontend/dashboard \./", "COPY frontend ./", "copies frontend"),
]
BROKEN_GATEWAY = [
    ("bases_are_pinned", r"python:3\.11-slim", "python:latest", "python:latest"),
    ("built_in_two_stages", r"EXPOSE", "RUN pip install uvicorn\nEXPOSE", "installs in the final stage"),
    ("built_in_two_stages", r"FROM \S+\nLABEL", "LABEL", "one stage only"),
    ("runs_unprivileged", r"USER 10001:10001", "USER sentinel", "not uid:gid"),
    ("runs_unprivileged", r"USER 10001:10001", "USER 0:0", "not uid:gid"),
    ("runs_unprivileged", r"USER 10001:10001\n", "", "not uid:gid"),
    ("gets_signals_itself", r"CMD \[\"uvicorn.*", "CMD uvicorn gateway.main:app", "CMD is no list"),
    ("gets_signals_itself", r"STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "no STOPSIGNAL SIGTERM"),
    ("says_whether_it_is_healthy", r"HEALTHCHECK.*\n", "", "no HEALTHCHECK"),
    ("says_whether_it_is_healthy", r"CMD \[\"python\", \"healthcheck.py\"\]", "CMD python x", "no HEALTHCHECK"),
    ("holds_its_own_folders", r"COPY backend/gateway backend/gateway", "COPY backend backend", "copies backend"),
    ("holds_its_own_folders", r"COPY backend/protos", "COPY backend/brain", "copies backend/brain"),
    ("holds_its_own_folders", r"COPY backend/protos", "ADD backend/protos", "ADD"),
    ("names_no_secret", r"PYTHONUNBUFFERED=1", "MONGODB_URL=mongodb://db", "names MONGODB_URL"),
]


BROKEN_FILES = [("dashboard", *case) for case in BROKEN_DASHBOARD] + [("gateway", *case) for case in BROKEN_GATEWAY]


@pytest.mark.parametrize(("service", "policy", "pattern", "replacement", "complaint"), BROKEN_FILES)
def test_a_policy_fails_on_a_broken_dockerfile(
    service: str, policy: str, pattern: str, replacement: str, complaint: str
) -> None:
    """The breakage draws the complaint that names it."""
    text, count = re.subn(pattern, replacement, dockerfile(service).read_text())

    complaints = FILE_POLICIES[policy](service, docker_policies.parse(text))

    assert count > 0
    assert any(complaint in each for each in complaints), complaints


@pytest.mark.parametrize("policy", COMPOSE_POLICIES.values(), ids=COMPOSE_POLICIES)
def test_the_compose_file_keeps_the_policy(policy: ComposePolicy) -> None:
    """The file as it ships draws no complaint."""
    assert policy(compose_file()) == []


# policy, service, key (a dot leads inwards), the value that breaks it, and the complaint that it must draw
BROKEN_COMPOSE = [
    ("is_what_the_user_named", "gateway", "environment.BRAIN_SERVICE_HOST", "localhost", "BRAIN_SERVICE_HOST"),
    ("is_what_the_user_named", "gateway", "environment.MONGODB_URL", "db:27017", "MONGODB_URL"),
    ("is_what_the_user_named", "db", "environment.MONGO_INITDB_DATABASE", "other", "fraud_ledger"),
    ("is_locked_down", "db", "read_only", False, "db: its root may be written"),
    ("is_locked_down", "brain", "cap_add", ["SYS_ADMIN"], "brain: has capabilities"),
    ("is_locked_down", "gateway", "security_opt", [], "gateway: may gain privileges"),
    ("is_locked_down", "gateway", "volumes", ["/var/run/docker.sock:/docker.sock"], "of the host"),
    ("is_bounded", "brain", "logging", {}, "brain: its logs grow for ever"),
    ("is_bounded", "gateway", "stop_grace_period", "10s", "gateway: no time to hand over its journal"),
    ("is_published_here_only", "db", "ports", ["27017:27017"], "db: published as"),
    ("is_published_here_only", "gateway", "ports", ["${X:-127.0.0.1}:${GATEWAY_PORT:-8000}:8001"], "gateway"),
    ("is_what_the_user_named", "dashboard", "environment.GATEWAY_URL", "http://localhost:8000", "GATEWAY_URL"),
    ("is_locked_down", "dashboard", "tmpfs", [], "dashboard: has no /tmp to write to"),
    ("is_published_here_only", "dashboard", "ports", ["3000:8080"], "dashboard: published as"),
    ("sets_only_what_is_read", "dashboard", "environment.GATEWAY_PORT", "8000", "GATEWAY_PORT is no setting"),
    ("waits_for_nobody", "gateway", "depends_on", {"db": {"condition": "service_healthy"}}, "gateway: waits"),
    ("sets_only_what_is_read", "gateway", "environment.GATEWAY_JOURNAL_FOLDER", "/x", "GATEWAY_JOURNAL_FOLDER"),
    ("sets_only_what_is_read", "brain", "environment.BRAIN_FAULT_LATENZY_S", "2", "BRAIN_FAULT_LATENZY_S"),
    ("is_ready_for_drills", "brain", "environment.BRAIN_FAULT_CONTROL", "false", "brain: BRAIN_FAULT_CONTROL"),
    ("is_ready_for_drills", "gateway", "environment.GATEWAY_FAULT_CONTROL", "true", "gateway: GATEWAY_FAULT_CONTROL"),
    ("lets_passwords_be_replaced", "db", "environment.MONGO_INITDB_ROOT_PASSWORD", "abc", "cannot be set"),
    ("lets_passwords_be_replaced", "brain", "environment.MONGODB_URL", "mongodb://a:b@db", "holds credentials"),
]


@pytest.mark.parametrize(("policy", "service", "key", "value", "complaint"), BROKEN_COMPOSE)
def test_a_policy_fails_on_a_broken_compose_file(
    policy: str, service: str, key: str, value: object, complaint: str
) -> None:
    """The breakage draws the complaint that names it."""
    compose = compose_file()
    inside: Any = compose["services"][service]
    *outer, last = key.split(".")
    for name in outer:
        inside = inside[name]
    inside[last] = value

    complaints = COMPOSE_POLICIES[policy](compose)

    assert any(complaint in each for each in complaints), complaints


def test_every_policy_is_seen_to_fail() -> None:
    """No rule is believed that was never broken."""
    assert {case[1] for case in BROKEN_FILES} == FILE_POLICIES.keys()
    assert {case[0] for case in BROKEN_COMPOSE} == COMPOSE_POLICIES.keys()


def test_the_example_environment_names_every_variable_and_no_password() -> None:
    """Whoever copies it sees what may be set; what is set stays theirs."""
    asked = set(re.findall(r"\$\{([A-Z_]+)", re.sub(r"(?m)^\s*#.*", "", (ROOT / "docker-compose.yml").read_text())))
    shown = dict(re.findall(r"(?m)^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text()))

    assert shown.keys() == asked
    assert shown["MONGODB_PASSWORD"] == ""


def compose_config(tmp_path: Path, environment_file: str) -> Compose:
    """What docker-compose makes of the file; needs no engine. Skips where there is no docker-compose."""
    candidates = (["docker-compose"], ["docker", "compose"])
    command = next((each for each in candidates if engine.answers([*each, "version"])), None)
    if command is None:
        pytest.skip("neither docker-compose nor docker compose is installed")
    chosen = tmp_path / "environment"
    chosen.write_text(environment_file)
    ours = re.compile("(BRAIN|DASHBOARD|GATEWAY|MONGODB|SENTINEL)_")
    environment = {name: value for name, value in os.environ.items() if not ours.match(name)}
    arguments = ["-f", str(ROOT / "docker-compose.yml"), "--env-file", str(chosen), "config"]
    parsed: Compose = yaml.safe_load(engine.run([*command, *arguments], environment=environment))
    return parsed


def test_docker_compose_accepts_the_file_and_its_defaults_are_those_of_the_readme(tmp_path: Path) -> None:
    """Without any .env: the user's credentials, his ports, the demo's latency, and faults that can be switched."""
    services = compose_config(tmp_path, "")["services"]

    user, password = (services["db"]["environment"][f"MONGO_INITDB_ROOT_{name}"] for name in ("USERNAME", "PASSWORD"))
    assert user == "sentinel"
    assert services["gateway"]["environment"]["MONGODB_URL"].startswith(f"mongodb://{user}:{password}@db:27017/")
    assert services["brain"]["environment"]["MONGODB_URL"] == services["gateway"]["environment"]["MONGODB_URL"]
    assert float(services["brain"]["environment"]["BRAIN_FAULT_LATENCY_RATE"]) == 0.1
    assert float(services["brain"]["environment"]["BRAIN_FAULT_LATENCY_S"]) == 2
    assert services["brain"]["environment"]["BRAIN_FAULT_CONTROL"] in {"true", True}
    assert services["gateway"]["environment"]["GATEWAY_FAULT_CONTROL"] in {"true", True}
    for name, port in compose_policies.PORTS.items():
        assert re.search(rf"127\.0\.0\.1.*{port.published}.*{port.inside}", json.dumps(services[name]["ports"]))


def test_an_environment_file_replaces_the_password_everywhere(tmp_path: Path) -> None:
    """One line in .env, and the literal of the demo is nowhere left."""
    changed = compose_config(tmp_path, "MONGODB_PASSWORD=chosen_by_me\n")["services"]
    demo = compose_config(tmp_path, "")["services"]["db"]["environment"]["MONGO_INITDB_ROOT_PASSWORD"]

    assert changed["db"]["environment"]["MONGO_INITDB_ROOT_PASSWORD"] == "chosen_by_me"  # noqa: S105
    for name in ("brain", "gateway"):
        assert ":chosen_by_me@" in changed[name]["environment"]["MONGODB_URL"]
    assert demo not in json.dumps(changed)
