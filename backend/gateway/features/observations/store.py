"""Records that the brain's history does not have yet: `observe_pending` on a record of `transactions`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.kit.lease import is_older
from gateway.ledger.client import Database, reading

Document = Mapping[str, Any]


class Observations:
    """Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._transactions = database["transactions"]

    async def find_unobserved(self, *, older_than: timedelta, limit: int) -> list[Document]:
        """Whole records, oldest first."""
        async with reading():
            cursor = self._transactions.find({"observe_pending": True, "$expr": is_older("created_at", older_than)})
            return await cursor.sort("created_at", 1).limit(limit).to_list(limit)

    async def find(self, transaction_ids: Sequence[str]) -> list[Document]:
        """The whole records of these in MongoDB, in no particular order."""
        async with reading():
            cursor = self._transactions.find({"transaction_id": {"$in": list(transaction_ids)}})
            return await cursor.to_list(len(transaction_ids))

    async def mark_observed(self, transaction_ids: Sequence[str]) -> None:
        """Take these out of the outbox."""
        async with reading():
            await self._transactions.update_many(
                {"transaction_id": {"$in": list(transaction_ids)}}, {"$unset": {"observe_pending": ""}}
            )
