"""Gateways whose limits are short enough to be waited for; their brain is not there, and a verdict is a verdict."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.ports import pick_free_port
from tests.processes import GatewayProcess

Make = Callable[..., GatewayProcess]


@pytest.fixture
def make_gateway(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Make:
    """Makes a gateway of this test's own, started by the line of the README. Its arguments are settings."""

    def make(*, files_max: int | None = None, **settings: object) -> GatewayProcess:
        environment = {f"GATEWAY_{name.upper()}": str(value) for name, value in settings.items()}
        return GatewayProcess(
            tmp_path,
            mongodb_url=mongod_url,
            brain_port=pick_free_port(),
            environment=fresh_databases | environment,
            files_max=files_max,
        )

    return make


@pytest.fixture(scope="session")
def impatient(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """One for all tests that only wait: a head and an idle connection have a second."""
    environment = {
        "GATEWAY_KEEP_ALIVE_S": "1",
        "GATEWAY_HEAD_S": "1",
        "GATEWAY_LEDGER_DATABASE": "fraud_ledger_impatient",
    }
    directory = tmp_path_factory.mktemp("impatient")
    with GatewayProcess(
        directory, mongodb_url=mongod_url, brain_port=pick_free_port(), environment=environment
    ) as process:
        yield process
