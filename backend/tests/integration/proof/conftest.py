"""What tests of the proof share: a ledger, somebody with a MongoDB shell, and twelve records that are chained."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pymongo
import pytest
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from gateway.errors import LedgerFailure
from gateway.features.audit.sweep import Sweep
from gateway.kit.periodic import Periodic
from gateway.ledger.documents import AWARE
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from tests.proof_ledger import all_is_chained, record


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """So patient that no record takes the way through the journal."""
    return settings.model_copy(update={"ledger_budget_ms": 10_000})


@pytest.fixture
def database(mongod_url: str, settings: Settings) -> Iterator[Database[Any]]:
    """What somebody with a MongoDB shell has."""
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        yield client.get_database(settings.ledger_database, codec_options=AWARE, read_concern=ReadConcern("majority"))


@pytest.fixture
async def ledger(ledger: Ledger) -> AsyncIterator[Ledger]:
    """Of a gateway, with a sweep beside it as a worker does it."""
    sweep = Sweep(ledger.database, instance="worker")
    sweeping = Periodic("sweep.chain", sweep.look, every_s=0.2, expected=(LedgerFailure,))
    await sweeping.start()
    yield ledger
    await sweeping.close()


@pytest.fixture
async def txn_7(ledger: Ledger, database: Database[Any]) -> dict[str, Any]:
    """One of twelve records that are chained."""
    for n in range(12):
        await record(ledger, f"txn_{n}")
    await all_is_chained(database)
    return dict(database["transactions"].find_one({"transaction_id": "txn_7"}) or {})
