"""What every test may ask for: a real mongod, fresh databases, and the logs of the processes that failed."""

import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from local import mongod
from tests.amount_model import write_amount_model
from tests.memory import memory_or
from tests.processes import LOG_TAIL_LINES, MongodProcess

# everything that tests ask is on this machine, whatever proxy theirs goes out by
for _name in ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy", "no_proxy", "no_grpc_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
# LightGBM's threads spin while they wait for each other: beside other tests that takes a core from somebody who works
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# an example that takes long on a busy machine has found nothing
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def mongod_binary() -> Path:
    """A mongod that runs on this machine; installed on first use."""
    return mongod.ensure()


@pytest.fixture(scope="session")
def mongod_url(mongod_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    One mongod shared by the session: never stop or freeze it; ask for `own_mongod` to do that.

    Its data is in memory where it can be: an empty ledger then takes 0.1 s instead of 1 s, most of it waits for a disk.
    """
    directory = tmp_path_factory.mktemp("mongod")
    with (
        memory_or(directory) as data,
        MongodProcess(mongod_binary, directory, data=data) as process,
    ):
        yield process.url


@pytest.fixture
def own_mongod(mongod_binary: Path, tmp_path: Path) -> Iterator[MongodProcess]:
    """A mongod of this test alone, which it may stop, kill and freeze: memory outlives that as a disk does."""
    with memory_or(tmp_path) as data, MongodProcess(mongod_binary, tmp_path, data=data) as process:
        yield process


@pytest.fixture
def fresh_databases() -> dict[str, str]:
    """Environment that gives this test empty databases of its own; give the same to its brain and gateway."""
    run = secrets.token_hex(6)
    return {
        "GATEWAY_LEDGER_DATABASE": f"fraud_ledger_{run}",
        "BRAIN_LEDGER_DATABASE": f"fraud_ledger_{run}",
    }


@pytest.fixture(scope="session")
def amount_model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of a brain that finds 900 USD of somebody new risky and 12.50 not, whatever model is shipped."""
    directory = tmp_path_factory.mktemp("amount-model")
    write_amount_model(directory)
    return {"BRAIN_MODEL_DIR": str(directory)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Give a test a second try: on two busy cores one in some thousands waits longer than it may.

    A test that fails twice fails, and the closing line counts the second tries: docs/decisions/0027.
    """
    for item in items:
        if "drills" not in item.path.parts and "containers" not in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=1))


class SharedFixtures(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """
    Keeps what shares fixtures in one worker when tests run side by side: each file, and the browser tests as a whole.

    Chromium and the Sentinel that it looks at are started once for all of those.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return str(Path(path).parent) if "/browser/" in path else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedFixtures:
    """How tests are shared out among workers; not asked when they run one after the other."""
    return SharedFixtures(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs that processes left in a failed test's `tmp_path`."""
    report = yield
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    if report.failed and directory is not None:
        for log in sorted(Path(directory).glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
            report.sections.append((f"end of {log.name}", "\n".join(tail)))
    return report
