"""What integration tests share: a gateway's ledger from inside, and a whole stack of one test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.features.audit.service import Chainer
from gateway.ledger.client import Database, open_database
from gateway.ledger.migrations import migrate, new_holder
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from tests.ledger_records import LedgerRecords
from tests.stack import Stack, running_stack


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
