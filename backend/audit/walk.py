"""Walks every chain, document by document, from its first: is each the one that the next was built on?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from audit.findings import Finding, Findings, Link
from audit.scratch import Scratch
from gateway.ledger.audit_chain import Entry, Head, digest_of, genesis

_KINDS = {"insert", "amend"}


class Walk:
    """
    Takes the documents of the collection `chain` in the order of their _id, that is by writer and seq.

    Attributes:
        links, entries: How many were walked.
        began_at: When the first document of all was made.
    """

    def __init__(self, scratch: Scratch, findings: Findings) -> None:
        self.links = 0
        self.entries = 0
        self.began_at: datetime | None = None
        self._scratch = scratch
        self._findings = findings
        self._last = Head("", 0, b"")

    def take(self, document: Mapping[str, Any]) -> None:
        """The next one."""
        try:
            link, entries = _read(document)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._findings.add(Finding(f"a chain document cannot be read (_id {document.get('_id')!r})"))
            return
        self._check(link, document)
        self._last = Head(link.writer, link.seq, bytes(document["digest"]))
        self.links += 1
        self.entries += len(entries)
        at: datetime = document["at"]
        self.began_at = at if self.began_at is None else min(at, self.began_at)
        self._scratch.add_link(self.links, self._last, entries)
        self._scratch.add_seen(f"chain document {link}", _to_heads(document["heads"]))

    def _check(self, link: Link, document: Mapping[str, Any]) -> None:
        before = self._last if self._last.writer == link.writer else Head(link.writer, 0, genesis(link.writer))
        prev = bytes(document["prev"])
        for seq in range(before.seq + 1, min(link.seq, before.seq + 11)):  # ten of a gap are enough
            self._say(Link(link.writer, seq), "this chain document is gone")
        if link.seq == before.seq + 1 and prev != before.digest:
            self._say(link, "the chain document before it is not the one that it was built on")
        if digest_of(document, seq=link.seq, prev=prev) != document["digest"]:
            self._say(link, "this chain document is not what was committed")

    def _say(self, link: Link, what: str) -> None:
        self._findings.add(Finding(what, link=link))


def entries_of(document: Mapping[str, Any]) -> list[Entry]:
    """What a document commits to. Raises KeyError or TypeError where it is not of our making."""
    entries = [Entry(e["transaction_id"], e["kind"], bytes(e["leaf"])) for e in document["entries"]]
    if not all(isinstance(entry.transaction_id, str) and entry.kind in _KINDS for entry in entries):
        raise TypeError("an entry is not of our making")
    return entries


def _read(document: Mapping[str, Any]) -> tuple[Link, list[Entry]]:
    link = Link(document["_id"]["writer"], int(document["_id"]["seq"]))
    if not isinstance(link.writer, str) or not isinstance(document["at"], datetime):
        raise TypeError("it is not of our making")
    for name in ("prev", "digest"):
        bytes(document[name])
    _to_heads(document["heads"])
    return link, entries_of(document)


def _to_heads(stored: Iterable[Mapping[str, Any]]) -> list[Head]:
    return [Head(str(head["writer"]), int(head["seq"]), bytes(head["digest"])) for head in stored]
