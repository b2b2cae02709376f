"""The container run: collected only when it is asked for by name, as `./setup.sh test --containers` does."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.project import Project

HERE = Path(__file__).parent
LOG_LINES = "20"  # of each of our services, shown beside a failed test
FIGURES = pytest.StashKey[list[str]]()
Measured = Callable[[str], None]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Without an engine there is nothing to run: one line, and no failure."""
    if _is_asked_for(session.config) and engine.find_compose() is None:
        skipped = "skipped: no container engine answers; install Docker and docker-compose, or set DOCKER_HOST"
        pytest.exit(skipped, returncode=0)


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """A bare `pytest` builds no images and starts no containers."""
    return None if _is_asked_for(config) else True


def _is_asked_for(config: pytest.Config) -> bool:
    paths = [Path(argument.partition("::")[0]).absolute() for argument in config.args]
    return any(path.is_relative_to(HERE) for path in paths)


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Measured:
    """Takes one line for the end of the run."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


@pytest.fixture(scope="session")
def project(measured: Measured) -> Iterator[Project]:
    """The compose file, built and running, shared by the session: leave it healthy. Gone afterwards."""
    compose = engine.find_compose()
    assert compose is not None, "the engine has gone since the start of the run"
    running = Project(compose)
    try:
        running.compose("build")
        for image in running.images:
            measured(f"image {image}: {engine.inspect(image)['Size'] / 1e6:.0f} MB")
        running.compose("up", "-d")
        measured(f"healthy {running.wait_healthy():.1f} s after `{' '.join(compose)} up -d`")
        yield running
    finally:
        running.close()


@pytest.fixture
def healthy(project: Project) -> Project:
    """The project with all services up and the circuit closed, whatever the test before left behind."""
    project.compose("up", "-d")
    project.wait_healthy()
    project.wait_scored()
    return project


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the containers said, beside the test that failed."""
    report = yield
    running = getattr(item, "funcargs", {}).get("project")
    if report.failed and running is not None:
        logs = running.compose("logs", "--no-color", "--tail", LOG_LINES, "brain", "gateway", "dashboard")
        report.sections.append(("container logs", logs))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was measured."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"measured: {line}")
