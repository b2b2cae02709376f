"""One stack for all contract tests: they only ask, and hurt nothing. Each reply is held against the API document."""

import secrets
from collections.abc import Iterator

import pytest

from tests.described import load_described
from tests.stack import PATIENT, Stack, running_stack


@pytest.fixture(scope="session")
def stack(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Real processes on databases of their own."""
    run = secrets.token_hex(6)
    databases = {
        "GATEWAY_LEDGER_DATABASE": f"fraud_ledger_{run}",
        "BRAIN_LEDGER_DATABASE": f"fraud_ledger_{run}",
    }
    directory = tmp_path_factory.mktemp("contract")
    with running_stack(directory, mongod_url, databases | PATIENT, with_worker=True) as running:
        running.client.event_hooks["response"].append(load_described().check)
        yield running
