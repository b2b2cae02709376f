"""Whatever is changed in MongoDB by hand is found and named, and what gateways do is never taken for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import pymongo
import pytest
from bson import Decimal128
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from gateway.domain import Amendment, BlindReason, Decision, RiskLevel, Score, Verdict
from gateway.intake import to_transaction
from gateway.ledger.amendments import amendment_to_document
from gateway.ledger.documents import AWARE, to_document
from gateway.ledger.ledger import Ledger
from gateway.ledger.proof.chain import Chain, Entry, Head, digest_of
from gateway.ledger.proof.checking import check
from gateway.ledger.proof.erasing import CannotErase, erase
from gateway.ledger.proof.sealing import FIELDS, SealedDocument, seal_amendment
from gateway.ledger.proof.verifying import Report, verify
from gateway.policy import decide, decide_blind
from gateway.settings import Settings
from tests.requests import requests

RECORDS = 12
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SCORE = Score(0.25, RiskLevel.HIGH, (), "gbdt", "1", ())
RAW: bson.CodecOptions[RawBSONDocument] = bson.CodecOptions(document_class=RawBSONDocument)


@pytest.fixture
def settings(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Of a gateway with an empty ledger of its own, and time for slow moments of a test machine."""
    monkeypatch.setenv("MONGODB_URL", mongod_url)
    monkeypatch.setenv("GATEWAY_LEDGER_DATABASE", fresh_databases["GATEWAY_LEDGER_DATABASE"])
    return Settings(journal_dir=tmp_path / "journal", ledger_budget_ms=10_000)


@pytest.fixture
def database(mongod_url: str, settings: Settings) -> Iterator[Database[Any]]:
    """What somebody with a MongoDB shell has."""
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        yield client.get_database(settings.ledger_database, codec_options=AWARE, read_concern=ReadConcern("majority"))


@pytest.fixture
async def ledger(settings: Settings) -> AsyncIterator[Ledger]:
    """Ready to record."""
    ledger = Ledger(settings, instance="one")
    await ledger.start()
    await ledger.is_ready.wait()
    yield ledger
    await ledger.close()


@pytest.fixture
async def txn_7(ledger: Ledger, database: Database[Any]) -> dict[str, Any]:
    """One of twelve records that are chained."""
    for n in range(RECORDS):
        await record(ledger, f"txn_{n}")
    await all_is_chained(database)
    return dict(database["transactions"].find_one({"transaction_id": "txn_7"}) or {})


def a_record(transaction_id: str, created_at: datetime = LONG_AGO, **changes: Any) -> SealedDocument:
    """As it goes to the ledger."""
    request = {"transaction_id": transaction_id, "amount": "12.50", "currency": "USD", "user_id": "user_1"} | changes
    transaction = to_transaction(request | {"merchant_id": "shop_1"})
    return to_document(transaction, Verdict(transaction_id, decide(SCORE), "closed", 1.5, created_at, "0" * 32))


async def record(ledger: Ledger, transaction_id: str, **changes: Any) -> None:
    """Give a blind verdict, long ago: nothing is too young to be judged."""
    request = {"transaction_id": transaction_id, "amount": "12.50", "currency": "USD", "user_id": "user_1"} | changes
    verdict = Verdict(
        transaction_id, decide_blind(BlindReason.SCORER_TIMEOUT), "closed", 1.5, LONG_AGO, "0" * 32
    )  # fmt: skip
    await ledger.record(to_transaction(request), verdict)


async def all_is_chained(database: Database[Any]) -> None:
    """No flag is left."""
    async with asyncio.timeout(30):
        while database["transactions"].count_documents({"chain_pending": True}):
            await asyncio.sleep(0.05)


def amend(database: Database[Any], transaction_id: str) -> None:
    """As a worker does that scores again."""
    amendment = amendment_to_document(
        Amendment(LONG_AGO, "SCORER_TIMEOUT", Decision.APPROVE, Decision.REVIEW, SCORE)
    )  # fmt: skip
    database["transactions"].update_one(
        {"transaction_id": transaction_id},
        {
            "$push": {"amendments": amendment | {"seal": seal_amendment(amendment)}},
            "$set": {"chain_pending": True},
        },
    )


def look(database: Database[Any], kept: list[Head] | None = None) -> Report:
    """Verify."""
    return verify(database, kept=kept or [], progress=lambda what, number: None)


def found(database: Database[Any], kept: list[Head] | None = None) -> list[str]:
    """What is broken, in words."""
    return [finding.what for finding in look(database, kept).findings.kept]


def links(database: Database[Any]) -> list[dict[str, Any]]:
    """The chains."""
    return list(database["chain"].find().sort("_id", 1))


@given(st.lists(st.tuples(requests(), st.booleans()), min_size=1, max_size=20))
@given_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_comes_back_from_mongodb_with_its_leaf(
    database: Database[Any], given_requests: list[tuple[dict[str, Any], bool]]
) -> None:
    """Also when other fields of it were updated, as gateways do."""
    sealed = []
    for request, is_blind in given_requests:
        ruling = decide_blind(BlindReason.SCORER_TIMEOUT) if is_blind else decide(SCORE)
        transaction = to_transaction(request)
        sealed.append(to_document(transaction, Verdict("t", ruling, "closed", 1.5, LONG_AGO, "0" * 32)))
    collection = database["round_trip"].with_options(codec_options=RAW)

    collection.insert_many(sealed)
    collection.update_many({}, {"$unset": {"observe_pending": "", "chain_pending": ""}, "$set": {"debt": True}})
    collection.update_many({}, {"$push": {"amendments": amendment_to_document(
        Amendment(LONG_AGO, "SCORER_TIMEOUT", Decision.APPROVE, Decision.REVIEW, SCORE)
    )}})  # fmt: skip

    checked = [check(bytes(raw.raw)) for raw in collection.find().sort("_id", 1)]
    collection.drop()
    assert [one.leaf for one in checked] == [one.leaf for one in sealed]
    assert all(one.changed == () for one in checked)


async def test_what_was_recorded_is_sound(ledger: Ledger, database: Database[Any]) -> None:
    """Counted from the documents, and each in the chain once."""
    for n in range(RECORDS):
        await record(ledger, f"txn_{n}")
    await all_is_chained(database)

    report = look(database)

    assert report.is_sound
    assert (report.counts.transactions, report.counts.blind, report.counts.observe_pending) == (RECORDS,) * 3
    assert (report.entries, report.swept, report.unchained) == (RECORDS, 0, 0)
    assert report.heads == ledger.chainer.heads()


@pytest.mark.usefixtures("txn_7")
async def test_each_field_changed_by_hand_is_named(database: Database[Any]) -> None:
    """The record, the field, and where it was committed."""
    records = database["transactions"].with_options(codec_options=RAW)
    original = records.find_one({"transaction_id": "txn_7"})
    assert original is not None
    changes: dict[str, Any] = {
        "digest": b"\x00" * 32,
        "created_at": LONG_AGO - timedelta(milliseconds=1),
        "event_time": LONG_AGO,
        "user_id": "user_2",
        "merchant_id": "shop_2",
        "amount": Decimal128("1250.00"),
        "currency": "EUR",
        "request.amount": "1250.00",
        "verdict.decision": "block",
        "exposed_minor": 5,
    }
    assert {name.partition(".")[0] for name in changes} == set(FIELDS) - {"transaction_id"}

    for name, value in changes.items():
        database["transactions"].update_one({"transaction_id": "txn_7"}, {"$set": {name: value}})
        report = look(database)
        first = report.findings.first
        assert first is not None
        assert first.what == f"{name.partition('.')[0]} of txn_7 is not what was committed"
        assert (first.transaction_id, first.link is not None) == ("txn_7", True)
        assert report.findings.total == 1
        records.replace_one({"transaction_id": "txn_7"}, original)

    assert found(database) == []


async def test_a_renamed_record_is_gone_and_another_one_is_there(
    database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """Both are said."""
    database["transactions"].update_one({"_id": txn_7["_id"]}, {"$set": {"transaction_id": "txn_x"}})

    assert found(database) == [
        "txn_7 is gone",
        "transaction_id of txn_x is not what was committed",
        "txn_x is in no chain: nobody committed it",
    ]


async def test_two_records_that_were_swapped_are_named(database: Database[Any], txn_7: dict[str, Any]) -> None:
    """All of one under the id of the other, seals included."""
    txn_3 = dict(database["transactions"].find_one({"transaction_id": "txn_3"}) or {})
    others = {"transaction_id", "_id"}
    for mine, theirs in ((txn_7, txn_3), (txn_3, txn_7)):
        swapped = {name: value for name, value in theirs.items() if name not in others}
        database["transactions"].update_one({"_id": mine["_id"]}, {"$set": swapped})

    assert sorted(found(database)) == sorted(
        [
            what
            for name in ("txn_3", "txn_7")
            for what in (
                f"transaction_id of {name} is not what was committed",
                f"{name} is another record than the one that was committed",
            )
        ]
    )


async def test_a_record_that_was_replaced_with_its_seal_is_named(
    database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """Whoever can make seals cannot make the chain say the same."""
    other = without_flags(a_record("txn_7", amount="0.50")) | {"_id": txn_7["_id"]}
    database["transactions"].replace_one({"_id": txn_7["_id"]}, other)

    assert found(database) == ["txn_7 is another record than the one that was committed"]


async def test_a_record_that_was_replaced_and_chained_again_is_named(
    ledger: Ledger, database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """The sweep takes it for one that a crash left behind, and the first commitment still stands."""
    assert ledger.chainer.heads()
    database["transactions"].delete_one({"_id": txn_7["_id"]})
    database["transactions"].insert_one(a_record("txn_7", amount="0.50"))
    await all_is_chained(database)

    assert found(database) == ["txn_7 was committed with other content, too"]


@pytest.mark.usefixtures("txn_7")
async def test_a_deleted_record_is_named(database: Database[Any]) -> None:
    """With the document of the chain that has it."""
    database["transactions"].delete_one({"transaction_id": "txn_7"})

    first = look(database).findings.first

    assert first is not None
    assert (first.what, first.link is not None) == ("txn_7 is gone", True)


@pytest.mark.usefixtures("txn_7")
async def test_forged_records_are_named(database: Database[Any]) -> None:
    """With a seal, without one, and what is no record at all; only what pretends to be young has to wait."""
    forged = [
        without_flags(a_record("forged-sealed")),
        without_flags(a_record("forged-young", created_at=datetime.now(UTC))),
        {**without_flags(a_record("forged-bare", created_at=datetime.now(UTC))), "seal": None},
    ]
    del forged[2]["seal"]
    database["transactions"].insert_many(forged)
    database.command("insert", "transactions", documents=[{"nothing": 1}], bypassDocumentValidation=True)

    report = look(database)

    whats = [finding.what for finding in report.findings.kept]
    assert whats[0].startswith("the record with _id")
    assert whats[1:] == ["forged-bare was never sealed", "forged-sealed is in no chain: nobody committed it"]
    assert report.unchained == 1


@pytest.mark.usefixtures("txn_7")
async def test_a_second_record_under_one_id_is_named(database: Database[Any]) -> None:
    """Should somebody take the unique index away."""
    database["transactions"].drop_index("transaction_id")
    database["transactions"].insert_one(without_flags(a_record("txn_7")))

    assert found(database) == [
        "txn_7 is another record than the one that was committed",
        "txn_7 stands 2 times",
    ]


async def test_a_seal_that_is_gone_is_named(database: Database[Any], txn_7: dict[str, Any]) -> None:
    """And one that cannot be read."""
    database["transactions"].update_one({"_id": txn_7["_id"]}, {"$unset": {"seal": ""}})
    database["transactions"].update_one({"transaction_id": "txn_8"}, {"$set": {"seal": 7}})

    assert found(database) == ["the seal of txn_7 is gone", "txn_8 cannot be read: TypeError in it"]


@pytest.mark.usefixtures("txn_7")
async def test_amendments_are_proven_too(ledger: Ledger, database: Database[Any]) -> None:
    """Chained by their flag; changed, taken away or slipped in, they are named."""
    for name in ("txn_3", "txn_7", "txn_8"):
        amend(database, name)
    await all_is_chained(database)
    sound = look(database)
    assert sound.is_sound
    assert (sound.counts.amendments, len(ledger.chainer.heads())) == (3, 2)

    records = database["transactions"]
    records.update_one({"transaction_id": "txn_3"}, {"$set": {"amendments.0.new": "approve"}})
    records.update_one({"transaction_id": "txn_7"}, {"$set": {"amendments": []}})
    late = amendment_to_document(Amendment(LONG_AGO, "x", Decision.APPROVE, Decision.BLOCK, SCORE))
    records.update_one({"transaction_id": "txn_8"}, {"$push": {"amendments": late | {"seal": seal_amendment(late)}}})
    records.update_one({"transaction_id": "txn_9"}, {"$push": {"amendments": late}})

    assert found(database) == [
        "amendment 1 of txn_3 is not what was committed",
        "an amendment of txn_7 is gone",
        "an amendment of txn_8 is in no chain: nobody committed it",
        "amendment 1 of txn_9 is not what was committed",
    ]


async def test_an_amendment_that_comes_while_the_record_is_chained_keeps_its_flag(
    ledger: Ledger, database: Database[Any]
) -> None:
    """Taking the flags of many records off at once forgets no amendment."""
    for n in range(5):
        await record(ledger, f"t{n}")
    amend(database, "t2")

    await ledger.mark_observed([f"t{n}" for n in range(5)])
    await all_is_chained(database)

    report = look(database)
    assert report.is_sound
    assert (report.counts.amendments, report.counts.observe_pending) == (1, 0)


async def chains_of_three(ledger: Ledger, database: Database[Any]) -> list[dict[str, Any]]:
    """Three documents of one chain, with a record each."""
    for n in range(3):
        await record(ledger, f"t{n}")
        async with asyncio.timeout(30):
            while database["chain"].count_documents({}) <= n:
                await asyncio.sleep(0.02)
    await all_is_chained(database)
    assert found(database) == []
    return links(database)


def mended(link: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A chain document with other content and the digest that fits it."""
    content = {**link, **changes}
    return content | {"digest": digest_of(content, seq=link["_id"]["seq"], prev=content["prev"])}


async def test_a_chain_document_that_is_gone_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """And its records are in no chain."""
    _, second, _ = await chains_of_three(ledger, database)
    database["chain"].delete_one({"_id": second["_id"]})

    report = look(database)

    first = report.findings.first
    assert first is not None
    assert first.link is not None
    assert (first.what, first.link.writer, first.link.seq) == (
        "this chain document is gone", second["_id"]["writer"], 2
    )  # fmt: skip
    assert found(database)[-1] == "t1 is in no chain: nobody committed it"


async def test_a_changed_chain_document_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """By its own digest, or, when that was mended, by the document that was built on it."""
    _, second, _ = await chains_of_three(ledger, database)
    leaf = {"entries": [second["entries"][0] | {"leaf": b"\x00" * 32}]}

    database["chain"].update_one({"_id": second["_id"]}, {"$set": leaf})
    changed = look(database).findings.kept[:1]
    database["chain"].replace_one({"_id": second["_id"]}, mended(second, **leaf))
    after = look(database).findings.kept

    assert [finding.what for finding in changed] == ["this chain document is not what was committed"]
    assert [finding.what for finding in after] == [
        "t1 is another record than the one that was committed",
        "the chain document before it is not the one that it was built on",
    ]
    assert [finding.link and finding.link.seq for finding in after] == [2, 3]


async def test_a_first_document_that_is_not_the_first_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """Cutting the beginning off needs more than a new number."""
    first, _, _ = await chains_of_three(ledger, database)
    database["chain"].replace_one({"_id": first["_id"]}, mended(first, prev=b"\x00" * 32))

    assert "the chain document before it is not the one that it was built on" in found(database)


async def test_a_chain_document_that_cannot_be_read_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """It stops nothing else from being looked at."""
    await chains_of_three(ledger, database)
    database.command("insert", "chain", documents=[{"_id": 7}], bypassDocumentValidation=True)

    assert found(database) == ["a chain document cannot be read (_id 7)"]


async def test_the_end_of_a_chain_cannot_be_cut_once_somebody_has_seen_it(
    ledger: Ledger, settings: Settings, database: Database[Any], tmp_path: Path
) -> None:
    """Seen by a heartbeat, by a file outside, or by the first document of a gateway that started later."""
    *_, last = await chains_of_three(ledger, database)
    head = Head(last["_id"]["writer"], 3, last["digest"])
    heartbeat = {"_id": "one", "circuit_state": "closed", "seen_at": datetime.now(UTC), "chains": [head.to_document()]}

    database["chain"].delete_one({"_id": last["_id"]})
    database["transactions"].delete_one({"transaction_id": "t2"})
    assert found(database) == []  # nobody has: nothing in MongoDB can tell
    assert found(database, [head]) == ["this chain document is gone, but the file of heads has seen"]
    database["instances"].insert_one(heartbeat)
    assert found(database) == ["this chain document is gone, but a living gateway has seen"]
    database["instances"].delete_one({"_id": "one"})
    database["chain"].insert_one(last)

    later = Ledger(settings.model_copy(update={"journal_dir": tmp_path / "later"}), instance="two")
    await later.start()
    await later.is_ready.wait()
    await record(later, "t3")
    await later.close()
    seen = [one for link in links(database) for one in link["heads"]]
    database["chain"].delete_one({"_id": last["_id"]})

    assert seen == [head.to_document()]
    assert found(database)[0].startswith("this chain document is gone, but chain document")


async def test_what_a_crash_left_behind_is_chained_by_a_sweep(ledger: Ledger, database: Database[Any]) -> None:
    """More than one batch, and what cannot be chained stands in nobody's way."""
    database["transactions"].insert_many([a_record(f"left-{n}") for n in range(1_100)])
    unsealable = {**bson.decode(a_record("bare").raw, AWARE)}
    del unsealable["seal"]
    database["transactions"].insert_one(unsealable | {"created_at": LONG_AGO - timedelta(days=1)})

    await all_is_chained(database)

    assert len(ledger.chainer.heads()) == 1
    report = look(database)
    assert report.is_sound
    assert (report.swept, report.unchained, report.counts.unsealed) == (1_100, 0, 1)


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
    first = chain.extend([Entry("t0", "insert", sealed[0].leaf)], at=datetime.now(UTC))
    chain.add(first)
    second = chain.extend([Entry(f"t{n}", "insert", sealed[n].leaf) for n in (1, 2)], at=datetime.now(UTC))
    database["transactions"].insert_many([without_flags(one) for one in sealed])
    database["chain"].insert_one(first)

    def drained_now(what: str, number: int) -> None:
        if (what, number) == ("records", 1):
            database["chain"].insert_one(second)

    report = verify(database, kept=[], progress=drained_now)

    assert report.is_sound
    assert (report.entries, report.unchained) == (1, 0)


async def test_an_erased_person_is_gone_and_the_proof_is_not(ledger: Ledger, database: Database[Any]) -> None:
    """Of records and conflicts; decision, amount and times stay; others are not touched."""
    for n in range(6):
        await record(ledger, f"t{n}", user_id=f"user_{n % 2}", device={"ip": "10.0.0.1"})
    await all_is_chained(database)
    conflict = bson.decode(a_record("t1", user_id="user_1").raw, AWARE)
    database["conflicts"].insert_one(
        {"_id": conflict["_id"], "transaction_id": "t1", "at": LONG_AGO, "instance": "one", "record": conflict}
    )

    erased = erase(database, "user_1")
    again = erase(database, "user_1")

    report = look(database)
    one = dict(database["transactions"].find_one({"transaction_id": "t1"}) or {})
    kept = dict(database["conflicts"].find_one({}) or {})["record"]
    assert ((erased.records, erased.conflicts), (again.records, again.conflicts)) == ((3, 1), (0, 0))
    assert report.is_sound
    assert (report.counts.erased, report.counts.transactions) == (3, 6)
    for document in (one, kept):
        assert b"user_1" not in bson.encode(document)
        assert b"10.0.0.1" not in bson.encode(document)
        assert set(document["seal"]["salts"]) == {"merchant_id"}
    assert (one["amount"], one["verdict"]["decision"], one["created_at"]) == (Decimal128("12.50"), "approve", LONG_AGO)
    assert dict(database["transactions"].find_one({"transaction_id": "t2"}) or {})["user_id"] == "user_0"


async def test_a_changed_record_of_an_erased_person_is_still_found(ledger: Ledger, database: Database[Any]) -> None:
    """And a record whose personal data was changed is not erased: it is evidence."""
    await record(ledger, "t0")
    await record(ledger, "t1", user_id="user_2")
    await all_is_chained(database)
    erase(database, "user_1")
    database["transactions"].update_one({"transaction_id": "t0"}, {"$set": {"verdict.decision": "block"}})
    database["transactions"].update_one({"transaction_id": "t1"}, {"$set": {"request": {"a": 1}}})

    assert found(database) == [
        "verdict of t0 is not what was committed",
        "request of t1 is not what was committed",
    ]
    with pytest.raises(CannotErase, match="request of t1"):
        erase(database, "user_2")


async def test_an_erased_record_can_still_be_read(ledger: Ledger, database: Database[Any]) -> None:
    """Its verdict stands; its digest fits no request any more."""
    await record(ledger, "t0")
    await all_is_chained(database)
    before = await ledger.find("t0")

    erase(database, "user_1")

    after = await ledger.find("t0")
    assert before is not None
    assert after == replace(before, digest=b"")


def without_flags(sealed: SealedDocument) -> dict[str, Any]:
    """As it stands when it is chained and told."""
    document = dict(bson.decode(sealed.raw, AWARE))
    del document["observe_pending"], document["chain_pending"]
    return document
