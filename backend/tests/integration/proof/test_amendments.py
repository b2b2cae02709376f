"""An amendment is chained and proven like its record, also when it comes while that is on its way into the chain."""

from typing import Any

import pytest
from pymongo.database import Database

from gateway.domain import Amendment, Decision
from gateway.ledger.amendments import amendment_to_document
from gateway.ledger.seals import seal_amendment
from gateway.ledger.service import Ledger
from tests.proof_ledger import all_is_chained, found, look
from tests.proof_records import LONG_AGO, SCORE, an_amendment


def amend(database: Database[Any], transaction_id: str) -> None:
    """As a worker does that scores again."""
    database["transactions"].update_one(
        {"transaction_id": transaction_id},
        {"$push": {"amendments": an_amendment()}, "$set": {"chain_pending": True}},
    )


@pytest.mark.usefixtures("txn_7")
async def test_amendments_are_proven_too(ledger: Ledger, database: Database[Any]) -> None:
    """Chained by their flag; changed, taken away or slipped in, they are named."""
    for name in ("txn_3", "txn_7", "txn_8"):
        amend(database, name)
    await all_is_chained(database)
    sound = look(database)
    assert sound.is_sound
    assert (sound.counts.amendments, len(ledger.chainer.heads()), len(sound.heads)) == (3, 1, 2)

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
