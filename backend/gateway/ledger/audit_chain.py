"""
A chain: what one writer committed, batch after batch, collection `chain`. Pure: nothing here asks anybody.

    _id { writer, seq }     a writer is one run of a gateway, or its sweep; seq counts from 1
    prev, digest            of the document before (of the first: SHA-256 of the writer's name), and of this one
    at                      when it was made, by the writer's clock
    heads[]                 { writer, seq, digest } of other chains, as this writer saw them then
    entries[]               { transaction_id, kind: "insert" or "amend", leaf }, 1 to 500

    digest = SHA-256(prev, BSON of { seq, at, heads, entries })

Whoever changes a record leaves its leaf wrong; whoever mends the leaf breaks every digest after it, and those of the
writers that have seen them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import bson

from gateway.ledger.documents import AWARE

ENTRIES_MAX = 500  # of one document: about 50 kB
SWEEP = " sweep"  # ends the name of a chain over what others left behind

Kind = Literal["insert", "amend"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was committed."""

    transaction_id: str
    kind: Kind
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """One document of a chain, the newest that somebody knew."""

    writer: str
    seq: int
    digest: bytes

    def to_document(self) -> dict[str, Any]:
        """As other documents refer to it."""
        return {"writer": self.writer, "seq": self.seq, "digest": self.digest}


def genesis(writer: str) -> bytes:
    """What comes before the first document of a writer."""
    return sha256(writer.encode()).digest()


def digest_of(document: Mapping[str, Any], *, seq: int, prev: bytes) -> bytes:
    """The digest that a document of a chain must have, whatever it says itself."""
    content = {"seq": seq, **{name: document[name] for name in ("at", "heads", "entries")}}
    return sha256(prev + bson.encode(content, codec_options=AWARE)).digest()


class Chain:
    """The end of one chain, and what comes next. A document that was made is either added, or made again."""

    def __init__(self, writer: str) -> None:
        self.head = Head(writer, 0, genesis(writer))

    def extend(self, entries: Sequence[Entry], *, at: datetime, heads: Sequence[Head] = ()) -> dict[str, Any]:
        """The document that comes next; it is none of the chain before `add`."""
        seq = self.head.seq + 1
        content: dict[str, Any] = {
            "at": at,
            "heads": [head.to_document() for head in heads],
            "entries": [{"transaction_id": e.transaction_id, "kind": e.kind, "leaf": e.leaf} for e in entries],
        }
        prev = self.head.digest
        return {
            "_id": {"writer": self.head.writer, "seq": seq},
            "prev": prev,
            "digest": digest_of(content, seq=seq, prev=prev),
            **content,
        }

    def add(self, document: Mapping[str, Any]) -> None:
        """It was written."""
        self.head = Head(document["_id"]["writer"], document["_id"]["seq"], document["digest"])
