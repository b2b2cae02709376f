"""A seal is the same wherever its record has been, shows each change, and outlives what is erased."""

from datetime import timedelta
from typing import Any

import bson
import pytest
from bson import Decimal128
from bson.objectid import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from audit.old_seals import ERASABLE, FIELDS
from audit.seal_check import ABOUT_A_PERSON, ERASED, check
from gateway.domain import Verdict
from gateway.ledger.documents import AWARE
from gateway.ledger.encoding import EncodedRecord, to_document
from gateway.ledger.seals import PERSONAL, SEALED, identity_of, leaf_of
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from records.account import ACCOUNT
from records.older import renewed
from tests.old_records import old_record, record_of_version_2
from tests.proof_records import LONG_AGO, REQUEST, SCORE, a_record, encoded_of, record_of
from tests.requests import requests

CHANGES: dict[str, Any] = {
    "account": "other",
    "transaction_id": "txn_8",
    "digest": b"\x00" * 32,
    "created_at": LONG_AGO + timedelta(milliseconds=1),
    "event_time": LONG_AGO,
    "user_id": "user_2",
    "merchant_id": None,
    "amount": Decimal128("12.5"),  # the same number, not the same record
    "currency": "EUR",
    "request": {},
    "verdict": {"decision": "approve", "scored": True},
    "amount_reference_minor": 1250,
    "exposed_minor": 1250,
}


def decoded() -> dict[str, Any]:
    """A record, to be changed."""
    return dict(bson.decode(a_record().raw, AWARE))


@given(request=requests(), is_blind=st.booleans())
def test_a_record_that_was_decoded_and_encoded_has_the_same_leaf(request: dict[str, Any], is_blind: bool) -> None:
    """Whatever a merchant sends: kinds of number, order of keys, texts; also in the other order of fields."""
    sealed = record_of(request, is_blind=is_blind)
    document = bson.decode(sealed.raw, AWARE)

    for again in (document, {name: document[name] for name in sorted(document)}):
        checked = check(bson.encode(again, codec_options=AWARE))
        assert (checked.leaf, checked.changed, checked.erased) == (sealed.leaf, (), ())


@pytest.mark.parametrize("name", [name for name in (*SEALED, *PERSONAL) if name != "seal"])
def test_each_changed_field_is_seen(name: str) -> None:
    """By the leaf, or where it is about a person by the record itself."""
    sealed = a_record()
    changes = CHANGES | {"_id": ObjectId(), "salt": b"\x00" * 16}

    found = check(bson.encode({**bson.decode(sealed.raw, AWARE), name: changes[name]}))

    if name in PERSONAL:
        assert (found.leaf, found.changed, found.erased) == (sealed.leaf, (ABOUT_A_PERSON,), ())
    else:
        assert found.leaf != sealed.leaf


@pytest.mark.parametrize("name", ["amount", "verdict", "merchant_id"])
def test_a_field_that_is_gone_is_seen(name: str) -> None:
    """There is no salt of it to take away."""
    sealed = a_record()
    document = dict(bson.decode(sealed.raw, AWARE))
    del document[name]

    assert check(bson.encode(document)).leaf != sealed.leaf


def test_a_person_can_be_erased() -> None:
    """The values and their salt; the leaf stays. Taking only the salt away, or only the values, hides no change."""
    sealed, document = a_record(), decoded()
    without_salt = {name: value for name, value in document.items() if name != "salt"}
    erased = without_salt | {name: ERASED[name] for name in ("digest", "user_id", "request")}

    found = check(bson.encode(erased))

    assert found.erased == ("digest", "user_id", "request")
    assert (check(bytes(sealed.raw)).leaf, found.changed) == (sealed.leaf, ())
    assert check(bson.encode(without_salt)).changed == (ABOUT_A_PERSON,)
    assert check(bson.encode(erased | {"salt": document["salt"]})).changed == (ABOUT_A_PERSON,)


def test_equal_records_have_different_hashes_of_the_person() -> None:
    """Else a guess at the person could be tried on them; all else is equal and stands beside its hash in plain."""
    transaction = to_transaction(REQUEST)
    given = Verdict("txn_7", decide(SCORE), "closed", 1.5, LONG_AGO, "0" * 32)

    one, two = (bson.decode(to_document(transaction, given).raw) for _ in range(2))

    assert {name for name in one if one[name] != two[name]} == {"salt", "seal"}


@given(request=requests(), is_blind=st.booleans())
def test_a_record_that_is_sent_again_is_the_same_under_another_id(request: dict[str, Any], is_blind: bool) -> None:
    """Each time with the leaf that a chain has to have of it, also when it comes from a disk."""
    record = encoded_of(request, is_blind=is_blind)
    kept = EncodedRecord(record.raw, transaction_id="txn_7", digest=b"")
    positions = [ObjectId() for _ in range(3)]

    first, second, third = record.at(positions[0].binary), record.at(positions[1].binary), kept.at(positions[2].binary)

    for number, one in enumerate((first, second, third)):
        document = bson.decode(one.raw, AWARE)
        assert document == {**bson.decode(record.raw, AWARE), "_id": positions[number]}
        assert (one.leaf, check(bytes(one.raw)).changed) == (leaf_of(bytes(one.raw)), ())
        assert identity_of(document) == identity_of(bson.decode(record.raw))
    assert len({first.leaf, second.leaf, third.leaf}) == 3


def test_an_older_record_is_numbered_as_well() -> None:
    """It is the same record then: what its seal was made of has no `_id` in it."""
    old = old_record(a_record())
    kept = EncodedRecord(bson.encode(old), transaction_id="txn_7", digest=b"")
    position = ObjectId()

    sent = kept.at(position.binary)

    now = bson.decode(renewed(bson.encode(old)), AWARE)
    assert bson.decode(sent.raw, AWARE) == {**now, "_id": position}
    assert (now["account"], now["needs_rescore"], "debt" in now) == (ACCOUNT, True, False)
    assert "amount_reference_minor" in now["review"]
    assert renewed(bytes(sent.raw)) == sent.raw
    assert sent.leaf == leaf_of(bson.encode(old))
    assert identity_of(sent) == identity_of(old)


@pytest.mark.parametrize("name", ["amount", "verdict", "merchant_id", "exposed_minor"])
def test_an_account_that_came_later_is_not_part_of_the_seal(name: str) -> None:
    """Version 2 knew none: the record is still what was committed, and each change of the rest is still seen."""
    document, leaf = record_of_version_2(a_record())

    found = check(bson.encode(document | {"account": ACCOUNT}))
    other = check(bson.encode(document | {"account": ACCOUNT, name: CHANGES[name]}))

    assert (found.leaf, found.changed, found.erased) == (leaf, (), ())
    assert other.leaf != leaf


def test_a_record_without_a_seal_keeps_its_id() -> None:
    """Nothing else tells it from another one of the same transaction."""
    document = decoded()
    del document["seal"]
    raw = bson.encode(document)

    sent = EncodedRecord(raw, transaction_id="txn_7", digest=b"").at(ObjectId().binary)

    assert (bytes(sent.raw), sent.leaf) == (raw, None)
    assert identity_of(sent) == document["_id"].binary


def test_two_verdicts_on_one_transaction_are_two_records() -> None:
    """Even where they say the same: each encoding has a salt of its own."""
    one, two = (bson.decode(encoded_of(REQUEST).raw) for _ in range(2))

    assert identity_of(one) != identity_of(two)


@pytest.mark.parametrize("name", FIELDS)
def test_each_changed_field_of_an_older_record_is_named(name: str) -> None:
    """And only that one: those have a hash of each."""
    changed = check(bson.encode(old_record(a_record()) | {name: CHANGES[name]}))

    assert changed.changed == (name,)


@pytest.mark.parametrize("name", ERASABLE)
def test_what_may_be_erased_of_an_older_record_can_go_by_itself(name: str) -> None:
    """The value and its salt; the leaf stays. Taking the salt away hides no change."""
    document = old_record(a_record())
    leaf = leaf_of(bson.encode(document))
    del document["seal"]["salts"][name]

    erased = check(bson.encode(document | {name: ERASED[name]}))
    changed = check(bson.encode(document | {name: {"n": 1} if name == "request" else "other"}))

    assert (erased.leaf, erased.changed, erased.erased) == (leaf, (), (name,))
    assert changed.changed == (name,)


def test_a_record_from_before_there_were_seals_can_be_read() -> None:
    """It has no leaf."""
    document = decoded()
    del document["seal"], document["salt"]

    assert check(bson.encode(document)).leaf is None
    assert leaf_of(bson.encode(document)) is None


@pytest.mark.parametrize("change", [{"v": 4}, {"v": 1}, {"personal": None}])
def test_a_seal_that_is_none_of_ours_is_said(change: dict[str, Any]) -> None:
    """Not taken for a changed record."""
    document = decoded()
    document["seal"] = document["seal"] | change

    with pytest.raises(ValueError, match=r"version|in it"):
        check(bson.encode(document))


@pytest.mark.parametrize("change", [{"hashes": b"short"}, {"salts": None}])
def test_an_older_seal_that_is_none_of_ours_is_said(change: dict[str, Any]) -> None:
    """Likewise."""
    document = old_record(a_record())
    document["seal"] = document["seal"] | change

    with pytest.raises(ValueError, match=r"version|in it"):
        check(bson.encode(document))
