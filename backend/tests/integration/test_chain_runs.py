"""Runs that fell silent are swept one after the other."""

from gateway.features.audit.runs import Runs
from gateway.ledger.client import Database
from gateway.ledger.positions import Run
from tests.proof_records import LONG_AGO


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
