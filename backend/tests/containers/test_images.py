"""What is in the images, and what the running containers may do."""

import json
from functools import partial

import pytest

from tests.containers import engine
from tests.containers.confinement import confined, confinement
from tests.containers.project import SERVICES, Project
from tests.infra.docker_policies import RUNTIME_FOLDERS, TOOLS

OURS = ("brain", "gateway")


UIDS = {"db": 999, "brain": 10001, "gateway": 10001, "worker": 10001, "dashboard": 101}


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_unprivileged_and_cannot_write_its_root(healthy: Project, service: str) -> None:
    """Asked inside the running container, not read from a file."""
    container = healthy.container(service)

    found = confinement(partial(engine.execute, container))

    assert found == confined(UIDS[service])
    with pytest.raises(engine.EngineError, match="Read-only file system"):
        engine.execute(container, "touch", "/opt/written")


def test_the_journal_has_a_place_that_only_the_gateway_may_write(healthy: Project) -> None:
    """The volume took over owner and mode from the image: the journal of a later version needs no other start."""
    container = healthy.container("gateway")

    mode_and_owner = engine.execute(container, "stat", "-c", "%a %u", "/var/lib/sentinel/journal").split()

    engine.execute(container, "touch", "/var/lib/sentinel/journal/written")
    assert mode_and_owner == ["700", "10001"]


@pytest.mark.parametrize("service", OURS)
def test_an_image_holds_its_own_folders_only(healthy: Project, service: str) -> None:
    """No tests, no tools, no other service, and no environment file of the person who built it."""
    listed = engine.execute(healthy.container(service), "ls", "-A", "/app", "/app/backend")

    names = {line for line in listed.splitlines() if line and not line.endswith(":")}
    assert names == {"backend", "healthcheck.py", "__pycache__", service, *RUNTIME_FOLDERS, *TOOLS[service]}


@pytest.mark.parametrize(
    ("service", "group", "other"), [("gateway", "ledger", "history"), ("brain", "history", "ledger")]
)
def test_an_image_has_the_commands_that_it_can_carry_out(
    healthy: Project, service: str, group: str, other: str
) -> None:
    """With the settings of the service, on its read-only root; what it cannot do is not listed."""
    container = healthy.container(service)

    found = json.loads(engine.execute(container, "sentinel", group, "verify", "--json"))
    listed = {
        line.strip("│| ").partition(" ")[0] for line in engine.execute(container, "sentinel", "--help").splitlines()
    }

    assert (found.get("broken", 0), found.get("differences", 0)) == (0, 0)
    assert {group, other} & listed == {group}


def test_the_dashboards_image_holds_the_pages_and_what_serves_them(healthy: Project) -> None:
    """No sources, no packages, and nothing that is about the build."""
    container = healthy.container("dashboard")

    served = engine.execute(container, "find", "/usr/share/sentinel", "-name", ".*", "-o", "-name", "node_modules")
    places = engine.execute(container, "ls", "-A", "/usr/share/sentinel", "/etc/sentinel").split()

    assert served == ""
    assert {place for place in places if not place.endswith(":")} == {
        "dashboard", "headers.conf", "nginx.conf.template", "start.sh"
    }  # fmt: skip


@pytest.mark.parametrize("service", [*OURS, "dashboard"])
@pytest.mark.parametrize("tool", ["gcc", "cc", "make", "git", "npm", "node"])
def test_an_image_has_no_compiler(healthy: Project, service: str, tool: str) -> None:
    """What nobody needs at run time is of use to an intruder only."""
    found = engine.execute(healthy.container(service), "sh", "-c", f"command -v {tool} || echo none").strip()

    assert found == "none"


@pytest.mark.parametrize("image", Project.images)
def test_an_image_holds_no_secret(project: Project, image: str) -> None:
    """Neither its history nor its environment: credentials come when it is started."""
    history = engine.run(["docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image])
    variables = "\n".join(engine.inspect(image)["Config"]["Env"])

    for text in (history.lower(), variables.lower()):
        assert "mongodb" not in text
        assert "password" not in text
        assert project.password not in text
