"""Each record has a number of the run that sent it, and a number is settled as soon as it is known what it became."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo import MongoClient

from gateway.domain import LedgerStatus
from gateway.features.audit.service import Chainer
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from records.positions import number_of, run_of
from tests.proof_ledger import look, record
from tests.proxy import LossyProxy
from tests.waiting import eventually


@pytest.fixture
async def proxy(settings: Settings) -> AsyncIterator[LossyProxy]:
    """Before MongoDB."""
    port = int(settings.mongodb_url.get_secret_value().rpartition(":")[2])
    async with LossyProxy(port) as proxy:
        yield proxy


@pytest.fixture
async def behind(settings: Settings, proxy: LossyProxy, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger that reaches MongoDB through the proxy, and whose callers wait for the usual 150 ms."""
    changes = {
        "mongodb_url": SecretStr(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"),
        "journal_dir": tmp_path / "behind",
        "ledger_budget_ms": 150,
    }
    ledger = Ledger(settings.model_copy(update=changes), instance="behind", chainer=Chainer)
    await ledger.start()
    await ledger.is_ready.wait()
    yield ledger
    proxy.lets_through.set()
    await ledger.close()


async def test_a_second_verdict_leaves_no_number_open(ledger: Ledger, behind: Ledger) -> None:
    """What another gateway has recorded already will never stand under this number: nobody waits for it."""
    await record(ledger, "t1")

    recorded = await record(behind, "t1")

    assert recorded.replayed
    assert (behind._run.settled, behind._run.is_settled) == (1, True)


async def test_an_answer_that_comes_too_late_is_heard(behind: Ledger, proxy: LossyProxy, settings: Settings) -> None:
    """
    The caller has its verdict from the journal. The write is chained all the same, with no need to look it up.

    What the journal sends after it has a number of its own, finds itself, and is no conflict.
    """
    proxy.lets_through.clear()
    pending = await record(behind, "t1")
    proxy.lets_through.set()

    await eventually(lambda: not behind.journal.counts.pending and behind._run.settled >= 2)
    with MongoClient[dict[str, Any]](settings.mongodb_url.get_secret_value()) as client:
        database = client[settings.ledger_database]
        await eventually(lambda: look(database).entries == 1)
        (found,) = database["transactions"].find()
        report = look(database)

    assert pending.ledger_status is LedgerStatus.PENDING
    assert (run_of(found["_id"]), number_of(found["_id"])) == (behind._run.name, 1)
    assert report.is_sound
    assert (report.swept, report.unchained, report.counts.conflicts, report.counts.chain_pending) == (0, 0, 0, 0)


async def test_what_waited_in_a_journal_is_numbered_by_the_run_that_brings_it(
    ledger: Ledger, settings: Settings, tmp_path: Path
) -> None:
    """Also when another run wrote it down: it is chained like any other record, and a reader by marks finds it."""
    directory = settings.model_copy(update={"journal_dir": tmp_path / "left"})
    before = Ledger(directory, instance="before", chainer=Chainer)  # never prepared, so it writes to its journal
    await before.journal.start()
    waiting = asyncio.create_task(record(before, "t1"))
    before._preparation.was_tried.set()
    assert (await waiting).ledger_status is LedgerStatus.PENDING
    await before.journal.close()

    after = Ledger(directory, instance="after", chainer=Chainer)
    await after.start()
    await eventually(lambda: after._run.settled >= 1)
    found = await ledger.find_document("t1")
    await after.close()

    assert found is not None
    assert run_of(found.document["_id"]) == after._run.name
