"""What a chain says of records, as they stand in MongoDB."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bson
import structlog
from bson.objectid import ObjectId

from gateway.ledger.audit_chain import Entry
from gateway.ledger.documents import AWARE
from gateway.ledger.seals import readable_leaf

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unchained:
    """
    A record that may be in no chain.

    Attributes:
        insert: What to chain of it; None where it has no seal that can be read.
        amends: What to chain of its amendments.
        amendments: How many it had when it was looked at: with more its flag is somebody else's.
    """

    record: ObjectId
    insert: Entry | None
    amends: tuple[Entry, ...]
    amendments: int

    @classmethod
    def of(cls, encoded: bytes) -> "Unchained":
        """From a record."""
        document: Mapping[str, Any] = bson.decode(encoded, AWARE)
        transaction_id, amendments = document["transaction_id"], document.get("amendments", [])
        insert = _insert(transaction_id, encoded)
        amends = tuple(
            Entry(transaction_id, "amend", leaf)
            for amendment in amendments
            if isinstance(leaf := amendment.get("seal", {}).get("leaf"), bytes)
        )
        if insert is None and not amends:  # none of ours: whoever verifies will say so
            _log.error("chain.never_sealed", transaction_id=transaction_id)
        return cls(document["_id"], insert, amends, len(amendments))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of it."""
        return (() if self.insert is None else (self.insert,)) + self.amends


def _insert(transaction_id: str, encoded: bytes) -> Entry | None:
    leaf = readable_leaf(encoded)
    return None if leaf is None else Entry(transaction_id, "insert", leaf)
