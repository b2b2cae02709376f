"""A seal is the same wherever its record has been, shows each change, and outlives what is erased."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import Amendment, BlindReason, Decision, Reason, RiskLevel, Score, Verdict
from gateway.intake import to_transaction
from gateway.ledger.amendments import amendment_to_document, to_amendment
from gateway.ledger.documents import AWARE, to_document
from gateway.ledger.proof.chain import Chain, Entry, Head, digest_of, genesis
from gateway.ledger.proof.checking import ERASED, check
from gateway.ledger.proof.elements import elements, elements_once
from gateway.ledger.proof.findings import KEPT_MAX, Finding, Findings, Link
from gateway.ledger.proof.heads import keep_heads, read_heads
from gateway.ledger.proof.sealing import ERASABLE, FIELDS, SealedDocument, seal, seal_amendment
from gateway.policy import decide, decide_blind
from tests.requests import requests

AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SCORE = Score(0.25, RiskLevel.HIGH, (Reason("AMOUNT", "large", 0.5),), "gbdt", "1", ("history",))
REQUEST = {
    "transaction_id": "txn_7",
    "amount": Decimal("12.50"),
    "currency": "USD",
    "user_id": "user_1",
    "merchant_id": "shop_1",
    "device": {"ip": "10.0.0.1"},
    "metadata": {"n": 7, "large": 2**40},
}


def record(request: Mapping[str, Any] = REQUEST, *, is_blind: bool = False) -> SealedDocument:
    """A record as it goes to the ledger."""
    transaction = to_transaction(dict(request))
    ruling = decide_blind(BlindReason.SCORER_TIMEOUT) if is_blind else decide(SCORE)
    return to_document(transaction, Verdict(transaction.transaction_id, ruling, "closed", 1.5, AT, "0" * 32))


def changed(name: str, value: Any) -> bytes:
    """The record with another value in one field."""
    return bson.encode({**bson.decode(record().raw, AWARE), name: value})


def amendment() -> dict[str, Any]:
    """A flip to review, as it would be pushed."""
    found = Amendment(AT, "SCORER_TIMEOUT", Decision.APPROVE, Decision.REVIEW, SCORE)
    document = amendment_to_document(found)
    return document | {"seal": seal_amendment(document)}


@given(request=requests(), is_blind=st.booleans())
def test_a_record_that_was_decoded_and_encoded_has_the_same_leaf(request: dict[str, Any], is_blind: bool) -> None:
    """Whatever a merchant sends: kinds of number, order of keys, texts."""
    sealed = record(request, is_blind=is_blind)

    again = check(bson.encode(bson.decode(sealed.raw, AWARE), codec_options=AWARE))

    assert (again.leaf, again.changed, again.erased) == (sealed.leaf, (), ())


@given(request=requests())
def test_elements_are_the_document(request: dict[str, Any]) -> None:
    """Put together again they are its bytes, and each is what the driver makes of that field alone."""
    raw = bytes(record(request).raw)

    found = elements(raw)

    assert b"".join([raw[:4], *found.values(), b"\x00"]) == raw
    for name, value in bson.decode(raw, AWARE).items():
        assert found[name.encode()] == bson.encode({name: value}, codec_options=AWARE)[4:-1]


@pytest.mark.parametrize(
    "raw",
    [
        bson.encode({"a": bson.Regex("x")}),
        bson.encode({"a": 1})[:-2] + b"\x00",
        b"\x13\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00",
    ],
    ids=["a kind that no record holds", "cut off", "one field twice"],
)
def test_what_is_no_record_is_refused(raw: bytes) -> None:
    """Rather than sealed or believed."""
    with pytest.raises(ValueError, match=r"kind|ends|twice"):
        elements_once(raw)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transaction_id", "txn_8"),
        ("digest", b"\x00" * 32),
        ("created_at", AT + timedelta(milliseconds=1)),
        ("event_time", AT),
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
    sealed = record()
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
    document = dict(bson.decode(record().raw, AWARE))
    del document["amount"]

    assert check(bson.encode(document)).changed == ("amount",)


def test_equal_records_have_different_hashes_of_what_may_be_erased() -> None:
    """Else a guess at the person could be tried on them; all else is equal and stands beside its hash in plain."""
    transaction = to_transaction(REQUEST)
    given = Verdict("txn_7", decide(SCORE), "closed", 1.5, AT, "0" * 32)

    one, two = (check(bytes(to_document(transaction, given).raw)).document["seal"]["hashes"] for _ in range(2))

    differing = {name for n, name in enumerate(FIELDS) if one[n * 16 : n * 16 + 16] != two[n * 16 : n * 16 + 16]}
    assert differing == set(ERASABLE)


def test_a_sealed_record_still_reads_as_one() -> None:
    """The seal is a field like another, and what it was put on is as it was."""
    sealed = record()
    document = dict(bson.decode(sealed.raw, AWARE))
    without = {name: value for name, value in document.items() if name != "seal"}

    again = seal(bson.encode(without), transaction_id="txn_7", digest=b"")

    assert {name: value for name, value in bson.decode(again.raw, AWARE).items() if name != "seal"} == without
    assert check(bytes(again.raw)).leaf == again.leaf


def test_a_record_from_before_there_were_seals_can_be_read() -> None:
    """It has no leaf."""
    document = dict(bson.decode(record().raw, AWARE))
    del document["seal"], document["chain_pending"]

    assert check(bson.encode(document)).leaf is None


@pytest.mark.parametrize("change", [{"v": 2}, {"hashes": b"short"}, {"salts": None}])
def test_a_seal_that_is_none_of_ours_is_said(change: dict[str, Any]) -> None:
    """Not taken for a changed record."""
    document = dict(bson.decode(record().raw, AWARE))
    document["seal"] = document["seal"] | change

    with pytest.raises(ValueError, match=r"version|in it"):
        check(bson.encode(document))


@pytest.mark.parametrize(
    ("change", "is_whole"), [({}, True), ({"new": "block"}, False), ({"score": 0.2500001}, False), ({"x": 1}, False)]
)
def test_a_changed_amendment_is_seen(change: dict[str, Any], is_whole: bool) -> None:
    """Its seal covers all of it but itself."""
    raw = changed("amendments", [amendment() | change])

    (found,) = check(raw).amendments

    assert found.leaf == amendment()["seal"]["leaf"]
    assert found.is_whole is is_whole


def test_a_sealed_amendment_still_reads_as_one() -> None:
    """Whoever shows it need not know of seals."""
    assert to_amendment(amendment()).score == SCORE


def test_an_amendment_without_a_seal_is_not_whole() -> None:
    """Nobody can slip one in."""
    bare = {name: value for name, value in amendment().items() if name != "seal"}

    (found,) = check(changed("amendments", [bare])).amendments

    assert (found.leaf, found.is_whole) == (None, False)


def entries(count: int) -> list[Entry]:
    """So many."""
    return [Entry(f"t{n}", "insert", bytes([n]) * 32) for n in range(count)]


def test_a_chain_begins_with_the_name_of_its_writer() -> None:
    """And each document builds on the one before."""
    chain = Chain("one")

    first = chain.extend(entries(2), at=AT)
    chain.add(first)
    second = chain.extend(entries(1), at=AT, heads=[Head("two", 3, b"d" * 32)])
    chain.add(second)

    assert (first["_id"], first["prev"]) == ({"writer": "one", "seq": 1}, genesis("one"))
    assert (second["_id"], second["prev"]) == ({"writer": "one", "seq": 2}, first["digest"])
    assert chain.head == Head("one", 2, second["digest"])


def test_what_was_not_written_is_no_part_of_the_chain() -> None:
    """The same place is filled by what comes instead."""
    chain = Chain("one")
    chain.extend(entries(2), at=AT)

    assert chain.extend(entries(1), at=AT)["_id"]["seq"] == 1


def test_everything_in_a_chain_document_is_in_its_digest() -> None:
    """After a round through BSON it is the same; with anything changed it is not."""
    document = Chain("one").extend(entries(2), at=AT, heads=[Head("two", 3, b"d" * 32)])
    stored = dict(bson.decode(bson.encode(document), AWARE))
    changes: list[dict[str, Any]] = [
        {"at": AT + timedelta(milliseconds=1)},
        {"heads": []},
        {"entries": stored["entries"][:1]},
        {"entries": stored["entries"][::-1]},
        {"entries": [stored["entries"][0], stored["entries"][1] | {"transaction_id": "t9"}]},
        {"entries": [stored["entries"][0], stored["entries"][1] | {"kind": "amend"}]},
    ]

    assert digest_of(stored, seq=1, prev=stored["prev"]) == document["digest"]
    for change in changes:
        assert digest_of(stored | change, seq=1, prev=stored["prev"]) != document["digest"]
    assert digest_of(stored, seq=2, prev=stored["prev"]) != document["digest"]
    assert digest_of(stored, seq=1, prev=genesis("two")) != document["digest"]


def test_the_first_finding_is_the_first_in_the_chains() -> None:
    """However many there are, in whatever order they are found; what is in no chain comes last."""
    findings = Findings()
    for n in range(2 * KEPT_MAX, 0, -1):
        findings.add(Finding(f"f{n}", "t", Link("a", n)))
    findings.add(Finding("nowhere", "t"))

    assert findings.first == Finding("f1", "t", Link("a", 1))
    assert (findings.total, len(findings.kept)) == (2 * KEPT_MAX + 1, KEPT_MAX)


def test_heads_are_kept_in_a_file(tmp_path: Path) -> None:
    """And read back; where there is none, nothing was kept."""
    heads = [Head("one", 7, b"\x01" * 32), Head("two", 1, b"\x02" * 32)]
    file = tmp_path / "heads.json"
    assert read_heads(file) == []

    keep_heads(file, [replace(heads[0], seq=6)])
    keep_heads(file, heads)

    assert read_heads(file) == heads
    assert [path.name for path in tmp_path.iterdir()] == ["heads.json"]


def test_a_file_that_holds_no_heads_is_refused(tmp_path: Path) -> None:
    """It may be somebody's other file."""
    file = tmp_path / "heads.json"
    file.write_text(json.dumps({"a": 1}))

    with pytest.raises(ValueError, match="no file of heads"):
        read_heads(file)
