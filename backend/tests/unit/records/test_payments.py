"""A reader of the ledger gets of a record what it relies on, whichever version wrote it."""

import bson
import pytest

from gateway.ledger.documents import AWARE
from records.payments import PAYMENT, to_payment
from tests.old_records import old_record
from tests.proof_records import LONG_AGO, REQUEST, a_record


@pytest.mark.parametrize("is_old", [False, True])
def test_a_record_is_read_as_the_payment_that_it_was(is_old: bool) -> None:
    """Also of what a projection leaves of it."""
    record = a_record()
    document = old_record(record) if is_old else bson.decode(record.raw, AWARE)
    names = {name.partition(".")[0] for name in PAYMENT}

    payment = to_payment({name: document[name] for name in ("_id", *names)})

    assert payment.transaction_id == REQUEST["transaction_id"]
    assert (payment.record_id, payment.created_at) == (document["_id"], LONG_AGO)
    assert (payment.user_id, payment.merchant_id) == (REQUEST["user_id"], REQUEST["merchant_id"])
    assert (payment.money.amount, payment.money.currency) == (REQUEST["amount"], REQUEST["currency"])
    assert payment.is_blocked == (document["verdict"]["decision"] == "block")
