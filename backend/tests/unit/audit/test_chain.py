"""A chain holds each document to the one before it; what is found in chains has an order, and their heads a file."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest

from audit.findings import KEPT_MAX, Finding, Findings, Link
from audit.heads import keep_heads, read_heads
from gateway.ledger.audit_chain import Chain, Entry, Head, digest_of, genesis
from gateway.ledger.documents import AWARE
from tests.proof_records import LONG_AGO


def entries(count: int) -> list[Entry]:
    """So many."""
    return [Entry(f"t{n}", "insert", bytes([n]) * 32) for n in range(count)]


def test_a_chain_begins_with_the_name_of_its_writer() -> None:
    """And each document builds on the one before."""
    chain = Chain("one")

    first = chain.extend(entries(2), at=LONG_AGO)
    chain.add(first)
    second = chain.extend(entries(1), at=LONG_AGO, heads=[Head("two", 3, b"d" * 32)])
    chain.add(second)

    assert (first["_id"], first["prev"]) == ({"writer": "one", "seq": 1}, genesis("one"))
    assert (second["_id"], second["prev"]) == ({"writer": "one", "seq": 2}, first["digest"])
    assert chain.head == Head("one", 2, second["digest"])


def test_what_was_not_written_is_no_part_of_the_chain() -> None:
    """The same place is filled by what comes instead."""
    chain = Chain("one")
    chain.extend(entries(2), at=LONG_AGO)

    assert chain.extend(entries(1), at=LONG_AGO)["_id"]["seq"] == 1


def test_everything_in_a_chain_document_is_in_its_digest() -> None:
    """After a round through BSON it is the same; with anything changed it is not."""
    document = Chain("one").extend(entries(2), at=LONG_AGO, heads=[Head("two", 3, b"d" * 32)])
    stored = dict(bson.decode(bson.encode(document), AWARE))
    changes: list[dict[str, Any]] = [
        {"at": LONG_AGO + timedelta(milliseconds=1)},
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
