"""What gateways do is never taken for a change by hand: they record, sweep, race, drain journals, and begin anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from pymongo.database import Database

from audit.seal_check import check
from audit.verifier import verify
from gateway.ledger.audit_chain import Chain, Entry
from gateway.ledger.documents import AWARE
from gateway.ledger.run import Run
from gateway.ledger.service import Ledger
from records.older import renewed
from tests.old_records import old_record
from tests.proof_ledger import RAW, all_is_chained, found, look, record
from tests.proof_records import (
    LONG_AGO,
    a_record,
    an_amendment,
    leaf_of_record,
    next_position,
    record_of,
    without_flags,
)
from tests.requests import requests
from tests.waiting import eventually

RECORDS = 12


@given(st.lists(st.tuples(requests(), st.booleans()), min_size=1, max_size=20))
@given_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_comes_back_from_mongodb_with_its_leaf(
    database: Database[Any], given_requests: list[tuple[dict[str, Any], bool]]
) -> None:
    """Also when other fields of it were updated, as gateways do."""
    sealed = [record_of(request, is_blind=is_blind) for request, is_blind in given_requests]
    collection = database["round_trip"].with_options(codec_options=RAW)

    collection.insert_many(sealed)
    collection.update_many({}, {"$set": {"needs_rescore": True, "chain_pending": True}})
    collection.update_many({}, {"$push": {"amendments": an_amendment()}})

    checked = [check(bytes(raw.raw)) for raw in collection.find().sort("_id", 1)]
    collection.drop()
    assert [one.leaf for one in checked] == [one.leaf for one in sealed]
    assert all(one.changed == () for one in checked)


async def test_what_was_recorded_is_sound(ledger: Ledger, database: Database[Any]) -> None:
    """Counted from the documents, and each in this run's chain once."""
    for n in range(RECORDS):
        await record(ledger, f"txn_{n}")
    await all_is_chained(database)

    report = look(database)

    assert report.is_sound
    assert (report.counts.transactions, report.counts.blind) == (RECORDS,) * 2
    assert (report.entries, report.swept, report.unchained) == (RECORDS, 0, 0)
    assert report.heads == ledger.chainer.heads()


async def test_what_a_dead_run_left_behind_is_chained_by_a_sweep(ledger: Ledger, database: Database[Any]) -> None:
    """In more than one batch; what cannot be chained stands in nobody's way."""
    run = Run()
    database["chain_runs"].insert_one({"_id": run.name, "settled": 0, "seen_at": LONG_AGO})
    database["transactions"].insert_many([a_record(f"left-{n}", position=next_position(run)) for n in range(1_100)])
    unsealable = without_flags(a_record("bare")) | {"chain_pending": True}
    del unsealable["seal"]
    database["transactions"].insert_one(unsealable | {"created_at": LONG_AGO - timedelta(days=1)})

    await all_is_chained(database)
    await eventually(lambda: database["chain_runs"].count_documents({"_id": run.name, "ended_at": {"$ne": None}}) == 1)

    report = look(database)
    assert ledger.chainer.heads() == []
    assert [head.writer.split(" ", 1)[1] for head in report.heads] == ["worker sweep"]
    assert report.is_sound
    assert (report.swept, report.unchained, report.counts.unsealed) == (1_100, 0, 1)


async def test_only_what_a_run_has_not_settled_may_wait_for_a_chain(database: Database[Any]) -> None:
    """However old it looks: its gateways may all be down. What was settled, or is of no run, has to be in one."""
    run = Run()
    names = ("settled", "waits")
    database["transactions"].insert_many([without_flags(a_record(name, position=next_position(run))) for name in names])
    database["transactions"].insert_one(without_flags(a_record("slipped-in")))
    database["chain_runs"].insert_one({"_id": run.name, "settled": 1, "seen_at": LONG_AGO})

    report = look(database)

    assert report.unchained == 1
    assert [finding.what for finding in report.findings.kept] == [
        f"{name} is in no chain: nobody committed it" for name in ("settled", "slipped-in")
    ]


async def test_what_nobody_heard_of_again_is_chained_by_its_gateway(ledger: Ledger, database: Database[Any]) -> None:
    """A write without an answer: some of those stand, and the run settles all of them while it lives."""
    lost = [a_record(f"lost-{n}", position=next_position(ledger._run)) for n in range(3)]
    await record(ledger, "heard")
    database["transactions"].insert_many(lost[:2])

    await all_is_chained(database)
    await eventually(lambda: ledger._run.is_settled)

    report = look(database)
    assert report.is_sound
    assert (report.counts.transactions, report.swept, report.unchained) == (3, 2, 0)


async def test_records_of_older_gateways_are_chained_by_their_flag(ledger: Ledger, database: Database[Any]) -> None:
    """As they were sealed, beside new ones; what they sent twice has a flag as well, and every flag is gone then."""
    old = [renewed(bson.encode(old_record(a_record(f"old-{n}")))) for n in range(3)]
    database["transactions"].insert_many([RawBSONDocument(one) for one in old])
    database["transactions"].insert_one({**bson.decode(a_record("twice").raw, AWARE), "chain_pending": True})
    await record(ledger, "new")

    await all_is_chained(database)

    report = look(database)
    assert report.is_sound
    assert (report.counts.transactions, report.unchained, report.swept) == (5, 0, 4)


async def test_a_leaf_that_two_have_chained_is_no_harm(database: Database[Any], txn_7: dict[str, Any]) -> None:
    """As two gateways do that sweep at one moment."""
    leaf = check(bson.encode(txn_7)).leaf
    assert leaf is not None
    other = Chain("2026-01-01T00:00:00.000Z other sweep")
    database["chain"].insert_one(other.extend([Entry("txn_7", "insert", leaf)] * 2, at=LONG_AGO))

    assert found(database) == []


async def test_a_place_that_somebody_else_took_costs_a_new_chain(ledger: Ledger, database: Database[Any]) -> None:
    """Nothing is overwritten, nothing is left out."""
    await record(ledger, "t0")
    await all_is_chained(database)
    (mine,) = ledger.chainer.heads()
    thief = Chain(mine.writer)
    thief.head = mine
    database["chain"].insert_one(thief.extend([Entry("t0", "insert", b"\x00" * 32)], at=LONG_AGO))

    await record(ledger, "t1")
    await all_is_chained(database)

    (now,) = ledger.chainer.heads()
    assert (now.writer != mine.writer, now.seq) == (True, 1)
    assert found(database) == ["t0 was committed with other content, too"]


async def test_a_ledger_without_chains_is_counted(database: Database[Any]) -> None:
    """From before there were any: nothing is broken, and nothing is proven."""
    old = {**without_flags(a_record("old"))}
    del old["seal"]
    database["transactions"].insert_one(old)

    report = look(database)

    assert report.is_sound
    assert (report.counts.transactions, report.counts.unsealed, report.links) == (1, 1, 0)


async def test_records_that_are_chained_while_it_is_verified_are_not_broken(database: Database[Any]) -> None:
    """Old ones from a journal: in no chain when the chains were read, and in one a moment later."""
    sealed = [a_record(f"t{n}") for n in range(3)]
    chain = Chain("2026-01-01T00:00:00.000Z one")
    first = chain.extend([Entry("t0", "insert", leaf_of_record(sealed[0]))], at=datetime.now(UTC))
    chain.add(first)
    second = chain.extend([Entry(f"t{n}", "insert", leaf_of_record(sealed[n])) for n in (1, 2)], at=datetime.now(UTC))
    database["transactions"].insert_many([without_flags(one) for one in sealed])
    database["chain"].insert_one(first)

    def drained_now(what: str, done: int, _total: int) -> None:
        if (what, done) == ("records", 1):
            database["chain"].insert_one(second)

    report = verify(database, kept=[], progress=drained_now)

    assert report.is_sound
    assert (report.entries, report.unchained) == (1, 0)
