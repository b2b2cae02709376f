"""A person can be erased: what was about them is gone, and all else is still proven."""

from typing import Any

import bson
import pytest
from bson import Decimal128
from msgspec.structs import replace
from pymongo.database import Database

from audit.erasure import CannotErase, erase
from gateway.ledger.documents import AWARE
from gateway.ledger.service import Ledger
from records.account import ACCOUNT
from tests.proof_ledger import all_is_chained, found, look, record
from tests.proof_records import LONG_AGO, a_record


async def test_an_erased_person_is_gone_and_the_proof_is_not(ledger: Ledger, database: Database[Any]) -> None:
    """Of records and conflicts; decision, amount and times stay; others are not touched."""
    for n in range(6):
        await record(ledger, f"t{n}", user_id=f"user_{n % 2}", device={"ip": "10.0.0.1"})
    await all_is_chained(database)
    conflict = bson.decode(a_record("t1", user_id="user_1").raw, AWARE)
    database["conflicts"].insert_one(
        {
            "_id": conflict["_id"],
            "account": ACCOUNT,
            "transaction_id": "t1",
            "at": LONG_AGO,
            "instance": "one",
            "record": conflict,
        }
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
        assert "salt" not in document
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
        "t0 is not what was committed",
        "digest, user_id or request of t1 is not what was committed",
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
