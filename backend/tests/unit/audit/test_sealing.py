"""A seal is the same wherever its record has been, shows each change, and outlives what is erased."""

from datetime import timedelta
from typing import Any

import bson
import pytest
from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from audit.seal_check import ERASED, check
from gateway.domain import Verdict
from gateway.ledger.documents import AWARE, to_document
from gateway.ledger.seals import ERASABLE, FIELDS, seal
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from tests.proof_records import LONG_AGO, REQUEST, SCORE, a_record, changed, record_of
from tests.requests import requests


@given(request=requests(), is_blind=st.booleans())
def test_a_record_that_was_decoded_and_encoded_has_the_same_leaf(request: dict[str, Any], is_blind: bool) -> None:
    """Whatever a merchant sends: kinds of number, order of keys, texts."""
    sealed = record_of(request, is_blind=is_blind)

    again = check(bson.encode(bson.decode(sealed.raw, AWARE), codec_options=AWARE))

    assert (again.leaf, again.changed, again.erased) == (sealed.leaf, (), ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transaction_id", "txn_8"),
        ("digest", b"\x00" * 32),
        ("created_at", LONG_AGO + timedelta(milliseconds=1)),
        ("event_time", LONG_AGO),
        ("user_id", "user_2"),
        ("merchant_id", None),
        ("amount", Decimal128("12.5")),  # the same number, not the same record
        ("currency", "EUR"),
        ("request", {}),
        ("verdict", {"decision": "approve", "scored": True}),
        ("exposed_minor", 1250),
    ],
)
def test_each_changed_field_is_named(name: str, value: Any) -> None:
    """And only that one."""
    raw = changed(name, value)

    assert check(raw).changed == (name,)


def test_every_sealed_field_is_changed_above() -> None:
    """The list there is complete."""
    (marker,) = (m for m in test_each_changed_field_is_named.pytestmark if m.name == "parametrize")

    assert {name for name, _ in marker.args[1]} == set(FIELDS)


@pytest.mark.parametrize("name", ERASABLE)
def test_what_may_be_erased_can_go_by_itself(name: str) -> None:
    """The value and its salt; the leaf stays, and the other fields are still proven."""
    sealed = a_record()
    document = dict(bson.decode(sealed.raw, AWARE))
    document[name] = ERASED[name]
    del document["seal"]["salts"][name]

    found = check(bson.encode(document))

    assert (found.leaf, found.changed, found.erased) == (sealed.leaf, (), (name,))


@pytest.mark.parametrize("name", ERASABLE)
def test_a_value_without_its_salt_is_not_taken_for_erased(name: str) -> None:
    """Taking the salt away hides no change."""
    document = dict(bson.decode(changed(name, {"n": 1} if name == "request" else "other"), AWARE))
    del document["seal"]["salts"][name]

    assert check(bson.encode(document)).changed == (name,)


def test_a_field_that_is_never_erased_cannot_be_missing() -> None:
    """There is no salt of it to take away."""
    document = dict(bson.decode(a_record().raw, AWARE))
    del document["amount"]

    assert check(bson.encode(document)).changed == ("amount",)


def test_equal_records_have_different_hashes_of_what_may_be_erased() -> None:
    """Else a guess at the person could be tried on them; all else is equal and stands beside its hash in plain."""
    transaction = to_transaction(REQUEST)
    given = Verdict("txn_7", decide(SCORE), "closed", 1.5, LONG_AGO, "0" * 32)

    one, two = (check(bytes(to_document(transaction, given).raw)).document["seal"]["hashes"] for _ in range(2))

    differing = {name for n, name in enumerate(FIELDS) if one[n * 16 : n * 16 + 16] != two[n * 16 : n * 16 + 16]}
    assert differing == set(ERASABLE)


def test_a_sealed_record_still_reads_as_one() -> None:
    """The seal is a field like another, and what it was put on is as it was."""
    sealed = a_record()
    document = dict(bson.decode(sealed.raw, AWARE))
    without = {name: value for name, value in document.items() if name != "seal"}

    again = seal(bson.encode(without), transaction_id="txn_7", digest=b"")

    assert {name: value for name, value in bson.decode(again.raw, AWARE).items() if name != "seal"} == without
    assert check(bytes(again.raw)).leaf == again.leaf


def test_a_record_from_before_there_were_seals_can_be_read() -> None:
    """It has no leaf."""
    document = dict(bson.decode(a_record().raw, AWARE))
    del document["seal"], document["chain_pending"]

    assert check(bson.encode(document)).leaf is None


@pytest.mark.parametrize("change", [{"v": 2}, {"hashes": b"short"}, {"salts": None}])
def test_a_seal_that_is_none_of_ours_is_said(change: dict[str, Any]) -> None:
    """Not taken for a changed record."""
    document = dict(bson.decode(a_record().raw, AWARE))
    document["seal"] = document["seal"] | change

    with pytest.raises(ValueError, match=r"version|in it"):
        check(bson.encode(document))
