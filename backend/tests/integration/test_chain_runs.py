"""Runs that fell silent are swept one after the other, a living one settles all of its numbers, and others read on."""

from datetime import timedelta

import pytest

from gateway.features.audit import service
from gateway.features.audit.runs import Runs, SilentRun
from gateway.ledger.client import Database
from gateway.ledger.run import Run
from records.payments import PAYMENT, TRANSACTIONS, to_payment
from records.positions import numbered
from records.runs import RUNS, SettledRun, settled_since
from tests.proof_records import LONG_AGO, a_record, next_position


async def test_each_silent_run_gets_its_turn(database: Database) -> None:
    """Also when the leases of those that were swept first are over before the last was looked at."""
    names = {Run().name for _ in range(4)}
    runs = database[RUNS]
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
    await database[TRANSACTIONS].insert_many([a_record(f"unheard-{n}", position=next_position(run)) for n in range(12)])

    has_more = [await chainer.chain_overdue() for _ in range(3)]

    assert has_more == [True, True, False]
    assert run.is_settled


async def test_a_reader_by_marks_gets_what_a_run_has_settled(database: Database) -> None:
    """Each record once, in order, also when the run is over; of other runs and of what is open it gets nothing."""
    run, other = Run(), Run()
    runs, records = Runs(database), database[TRANSACTIONS]
    await records.insert_many([a_record(f"read-{n}", position=next_position(run)) for n in range(5)])
    await records.insert_one(a_record("other", position=next_position(other)))

    await runs.publish(run.name, 2)
    first = await _read(database, run.name, after=0)
    await runs.end(run.name, 4)
    rest = await _read(database, run.name, after=2)

    assert (first, rest) == (["read-0", "read-1"], ["read-2", "read-3"])


async def test_only_runs_with_news_are_asked_for(database: Database) -> None:
    """To be there is no news, and neither is an old number; an older gateway's run never says when it was."""
    quiet, loud, old = Run().name, Run().name, Run().name
    runs = Runs(database)
    for name in (quiet, loud):
        await runs.publish(name, 3)
    await database[RUNS].update_many({}, {"$set": {"settled_at": LONG_AGO}})
    await database[RUNS].insert_one({"_id": old, "settled": 0, "seen_at": LONG_AGO})

    await runs.publish(quiet, 2)
    await runs.publish(loud, 4)

    found = await database[RUNS].find(settled_since(LONG_AGO + timedelta(days=1))).to_list(10)
    assert {SettledRun.of(document).name: document["settled"] for document in found} == {loud: 4, old: 0}
    assert await database[RUNS].find_one({"_id": quiet, "settled": 3}) is not None


async def test_a_run_that_was_cut_off_goes_on(database: Database) -> None:
    """It was taken for ended while it was silent; it is swept again once it falls silent another time."""
    run, runs = Run().name, Runs(database)
    await runs.publish(run, 1)
    await database[RUNS].update_one({"_id": run}, {"$set": {"seen_at": LONG_AGO}})
    silent = await runs.claim_silent("one")
    assert silent is not None
    await runs.end_silent(silent)
    await database[RUNS].update_one({"_id": run}, {"$set": {"lease.until": LONG_AGO}})
    assert await runs.claim_silent("one") is None

    await runs.publish(run, 2)
    await database[RUNS].update_one({"_id": run}, {"$set": {"seen_at": LONG_AGO}})

    assert await runs.claim_silent("one") == SilentRun(run, 2)


async def test_a_number_that_became_a_hole_is_published(database: Database) -> None:
    """A duplicate has nothing to be chained: whoever reads on must not wait for a record that will never come."""
    run = Run()
    chainer = service.Chainer(database, instance="one", run=run)
    run.take(2)
    await chainer.chain_queued()

    run.settle([1, 2])
    await chainer.chain_queued()

    published = await database[RUNS].find_one({"_id": run.name})
    assert published is not None
    assert published["settled"] == 2


async def _read(database: Database, run: bytes, *, after: int) -> list[str]:
    """As a consumer does."""
    document = await database[RUNS].find_one({"_id": run})
    assert document is not None
    beyond = numbered(run, after=after, upto=SettledRun.of(document).settled)
    found = await database[TRANSACTIONS].find(beyond, PAYMENT).sort("_id", 1).to_list(10)
    return [to_payment(one).transaction_id for one in found]
