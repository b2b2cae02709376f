"""
The flag `chain_pending`, on what only a sweep chains: a record that was amended. Records of older gateways carry it
from the beginning, or because they were sent to MongoDB twice, until it is taken off.
"""

from collections.abc import Iterable
from datetime import timedelta

from bson.objectid import ObjectId

from gateway.features.audit.entries import Unchained
from gateway.features.audit.runs import RAW
from gateway.kit.lease import is_older
from gateway.ledger.client import Collection, Database, reading

FLAG = "chain_pending"
_AGE = timedelta(seconds=10)  # younger ones are still in some older gateway's memory


class Flags:
    """Finds flagged records, and takes flags off. Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._transactions = database["transactions"]
        self._records: Collection = self._transactions.with_options(codec_options=RAW)

    async def left_behind(self, limit: int) -> list[Unchained]:
        """Flagged for a while, oldest first."""
        async with reading():
            cursor = self._records.find({FLAG: True, "$expr": is_older("created_at", _AGE)})
            found = await cursor.sort("created_at", 1).limit(limit).to_list(limit)
        return [Unchained.of(bytes(record.raw)) for record in found]  # type: ignore[attr-defined]

    async def clear(self, chained: Iterable[Unchained]) -> None:
        """Unless an amendment has come since."""
        by_amendments: dict[int, list[ObjectId]] = {}
        for one in chained:
            by_amendments.setdefault(one.amendments, []).append(one.record)
        async with reading():
            for amendments, records in by_amendments.items():
                await self._transactions.update_many(
                    {"_id": {"$in": records}, "amendments": {"$size": amendments}}, {"$unset": {FLAG: ""}}
                )
