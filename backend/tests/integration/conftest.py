"""What integration tests share: a gateway's ledger from inside, and a whole stack of one test."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.app import main
from gateway.features.audit.service import Chainer
from gateway.ledger.client import Database, open_database
from gateway.ledger.migrations import migrate, new_holder
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from tests.ledger_records import LedgerRecords
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack


@pytest.fixture
def sentinel(
    own_mongod: MongodProcess,
    fresh_databases: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, Any]]:
    """`sentinel …` on the ledger of a mongod of one's own: its exit status, and its JSON or what it said."""
    monkeypatch.setenv("MONGODB_URL", own_mongod.url)
    monkeypatch.setenv("GATEWAY_LEDGER_DATABASE", fresh_databases["GATEWAY_LEDGER_DATABASE"])

    def run(*arguments: str) -> tuple[int, Any]:
        status = main(list(arguments))
        printed = capsys.readouterr()
        is_json = status == 0 and "--json" in arguments
        return status, json.loads(printed.out) if is_json else printed.out + printed.err

    return run


@pytest.fixture
def settings(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Of a gateway with an empty ledger of its own, and time for slow moments of a test machine."""
    monkeypatch.setenv("MONGODB_URL", mongod_url)
    monkeypatch.setenv("GATEWAY_LEDGER_DATABASE", fresh_databases["GATEWAY_LEDGER_DATABASE"])
    return Settings(journal_dir=tmp_path / "journal", ledger_budget_ms=3000)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Empty, with its validators: what a test writes is what a gateway could have written."""
    database = open_database(settings)
    await migrate(database, holder=new_holder())
    yield database
    database.client.close()


@pytest.fixture
async def ledger(settings: Settings) -> AsyncIterator[Ledger]:
    """Ready to record."""
    ledger = Ledger(settings, instance="one", chainer=Chainer)
    await ledger.start()
    await ledger.is_ready.wait()
    yield ledger
    await ledger.close()


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """Of all processes of this test; where other settings are needed, a fixture of this name adds them."""
    return fresh_databases


@pytest.fixture
def with_worker() -> bool:
    """Whether a worker runs beside the gateway: where a test needs one, a fixture of this name says so."""
    return False


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, environment: dict[str, str], with_worker: bool) -> Iterator[Stack]:
    """A stack of this test alone, on the shared mongod."""
    with running_stack(tmp_path, mongod_url, environment, with_worker=with_worker) as running:
        yield running


@pytest.fixture
def ledger_records(mongod_url: str, environment: dict[str, str]) -> Iterator[LedgerRecords]:
    """Of this test's gateways."""
    ledger_records = LedgerRecords(mongod_url, environment)
    yield ledger_records
    ledger_records.close()
