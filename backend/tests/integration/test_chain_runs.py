"""Runs that fell silent are swept one after the other, and a living one settles what nobody heard of again."""

import pytest

from gateway.features.audit import service
from gateway.features.audit.runs import Runs
from gateway.ledger.client import Database
from gateway.ledger.positions import Run
from tests.proof_records import LONG_AGO, a_record


async def test_each_silent_run_gets_its_turn(database: Database) -> None:
    """Also when the leases of those that were swept first are over before the last was looked at."""
    names = {Run().name for _ in range(4)}
    runs = database["chain_runs"]
    await runs.insert_many([{"_id": name, "settled": 0, "seen_at": LONG_AGO} for name in names])

    swept = []
    for _ in names:
        run = await Runs(database).claim_silent("one")
        assert run is not None
        swept.append(run.name)
        await runs.update_one({"_id": run.name}, {"$set": {"lease.until": LONG_AGO}})

    assert set(swept) == names


async def test_a_run_settles_open_numbers_as_fast_as_it_can(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow MongoDB leaves open more than one batch in 5 s: the next comes at once, until there is none."""
    monkeypatch.setattr(service, "ENTRIES_MAX", 5)
    monkeypatch.setattr(service, "_OVERDUE_S", -1.0)
    run = Run()
    chainer = service.Chainer(database, instance="one", run=run)
    await database["transactions"].insert_many([a_record(f"unheard-{n}", position=run.next()) for n in range(12)])

    has_more = [await chainer.sweep() for _ in range(3)]

    assert has_more == [True, True, False]
    assert run.is_settled
