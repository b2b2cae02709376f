"""Whatever is changed in MongoDB by hand is found and named: in a record, of a record, instead of a record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Decimal128
from pymongo.database import Database

from gateway.ledger.seals import PERSONAL, SEALED
from gateway.ledger.service import Ledger
from tests.proof_ledger import RAW, all_is_chained, found, look
from tests.proof_records import LONG_AGO, a_record, without_flags


@pytest.mark.usefixtures("txn_7")
async def test_a_record_with_a_field_changed_by_hand_is_named(database: Database[Any]) -> None:
    """The record, whether it is about the person, and where it was committed."""
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
        "amount_reference_minor": 5,
        "salt": b"\x00" * 16,
        "seal.personal": b"\x00" * 32,
    }
    assert {name.partition(".")[0] for name in changes} == {*SEALED, *PERSONAL} - {"_id", "account", "transaction_id"}

    for name, value in changes.items():
        database["transactions"].update_one({"transaction_id": "txn_7"}, {"$set": {name: value}})
        report = look(database)
        first = report.findings.first
        assert first is not None
        what = "digest, user_id or request of txn_7" if name.partition(".")[0] in PERSONAL else "txn_7"
        found_there = {finding.what for finding in report.findings.kept}
        assert f"{what} is not what was committed" in found_there
        assert (first.transaction_id, first.link is not None) == ("txn_7", True)
        assert report.findings.total == (2 if name.startswith("seal") else 1)
        records.replace_one({"transaction_id": "txn_7"}, original)

    assert found(database) == []


@pytest.mark.usefixtures("txn_7")
async def test_a_record_of_another_account_is_named(database: Database[Any]) -> None:
    """There is no other yet: somebody hides it."""
    database["transactions"].update_one({"transaction_id": "txn_7"}, {"$set": {"account": "other"}})

    gone, strange = sorted(found(database), reverse=True)

    assert strange.endswith("is of an account that is not known")
    assert gone == "txn_7 is gone"


async def test_a_renamed_record_is_gone_and_another_one_is_there(
    database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """Both are said."""
    database["transactions"].update_one({"_id": txn_7["_id"]}, {"$set": {"transaction_id": "txn_x"}})

    assert found(database) == [
        "txn_7 is gone",
        "txn_x is in no chain: nobody committed it",
    ]


async def test_two_records_that_were_swapped_are_named(database: Database[Any], txn_7: dict[str, Any]) -> None:
    """All of one under the id of the other, seals included."""
    txn_3 = dict(database["transactions"].find_one({"transaction_id": "txn_3"}) or {})
    others = {"transaction_id", "_id"}
    for mine, theirs in ((txn_7, txn_3), (txn_3, txn_7)):
        swapped = {name: value for name, value in theirs.items() if name not in others}
        database["transactions"].update_one({"_id": mine["_id"]}, {"$set": swapped})

    assert sorted(found(database)) == [f"{name} is not what was committed" for name in ("txn_3", "txn_7")]


async def test_a_record_that_was_replaced_with_its_seal_is_named(
    database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """Whoever can make seals cannot make the chain say the same."""
    other = without_flags(a_record("txn_7", amount="0.50")) | {"_id": txn_7["_id"]}
    database["transactions"].replace_one({"_id": txn_7["_id"]}, other)

    assert found(database) == ["txn_7 is not what was committed"]


async def test_a_record_that_was_replaced_and_chained_again_is_named(
    ledger: Ledger, database: Database[Any], txn_7: dict[str, Any]
) -> None:
    """The sweep takes it for one that a crash left behind, and the first commitment still stands."""
    assert ledger.chainer.heads()
    database["transactions"].delete_one({"_id": txn_7["_id"]})
    database["transactions"].insert_one(without_flags(a_record("txn_7", amount="0.50")) | {"chain_pending": True})
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
    database["transactions"].drop_index("account_transaction_id")
    database["transactions"].insert_one(without_flags(a_record("txn_7")))

    assert found(database) == [
        "txn_7 is not what was committed",
        "txn_7 stands 2 times",
    ]


async def test_a_seal_that_is_gone_is_named(database: Database[Any], txn_7: dict[str, Any]) -> None:
    """And one that cannot be read."""
    database["transactions"].update_one({"_id": txn_7["_id"]}, {"$unset": {"seal": ""}})
    database["transactions"].update_one({"transaction_id": "txn_8"}, {"$set": {"seal": 7}})

    assert found(database) == ["the seal of txn_7 is gone", "txn_8 cannot be read: TypeError in it"]
