"""The flag `chain_pending`: what has no place in a chain yet, or nobody noted that it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import bson
import structlog

from gateway.kit.lease import is_older
from gateway.ledger.audit_chain import UNSET, Entry
from gateway.ledger.client import Database, reading
from gateway.ledger.seals import leaf_of

_log = structlog.get_logger()
_AGE = timedelta(seconds=10)  # younger ones are still in some gateway's memory


@dataclass(frozen=True, slots=True)
class Flagged:
    """
    A record that was left behind.

    Attributes:
        entries: What to chain of it: what it was, and each amendment.
        amendments: How many it had when it was looked at: with more its flag is somebody else's.
    """

    record: bson.ObjectId
    transaction_id: str
    entries: tuple[Entry, ...]
    amendments: int


class Flags:
    """Finds flagged records, and takes flags off. Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._transactions = database["transactions"]

    async def left_behind(self, limit: int) -> list[Flagged]:
        """Flagged for a while, oldest first."""
        async with reading():
            cursor = self._transactions.find(
                {"chain_pending": True, "$expr": is_older("created_at", _AGE)},
                {"transaction_id": 1, "seal.hashes": 1, "amendments.seal": 1},
            )
            found = await cursor.sort("created_at", 1).limit(limit).to_list(limit)
        return [_to_flagged(document) for document in found]

    async def clear(self, transaction_ids: Sequence[str]) -> None:
        """Of records just inserted. One that was amended meanwhile keeps it, for its amendment."""
        async with reading():
            await self._transactions.update_many(
                {"transaction_id": {"$in": list(transaction_ids)}, "amendments": []}, {"$unset": UNSET}
            )

    async def clear_looked_at(self, flagged: Iterable[Flagged]) -> None:
        """Unless an amendment has come since."""
        by_amendments: dict[int, list[bson.ObjectId]] = {}
        for one in flagged:
            by_amendments.setdefault(one.amendments, []).append(one.record)
        async with reading():
            for amendments, records in by_amendments.items():
                await self._transactions.update_many(
                    {"_id": {"$in": records}, "amendments": {"$size": amendments}}, {"$unset": UNSET}
                )


def _to_flagged(document: Mapping[str, Any]) -> Flagged:
    transaction_id = document["transaction_id"]
    amendments = document.get("amendments", [])
    entries = []
    hashes = document.get("seal", {}).get("hashes")
    if isinstance(hashes, bytes):
        entries.append(Entry(transaction_id, "insert", leaf_of(hashes)))
    entries += [
        Entry(transaction_id, "amend", leaf)
        for amendment in amendments
        if isinstance(leaf := amendment.get("seal", {}).get("leaf"), bytes)
    ]
    if not entries:  # none of ours: whoever verifies will say so
        _log.error("chain.never_sealed", transaction_id=transaction_id)
    return Flagged(document["_id"], transaction_id, tuple(entries), len(amendments))
