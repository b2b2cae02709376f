"""
The leases as MongoDB keeps them: one document in `exposure`, changed only by whoever has read its last version.

    _id "outage", version
    leases { <lease id>: instance, share, spent, seen_at, is_returned }

So two gateways never lease the same amount twice, and a write that comes late, after its sender has given it up, finds
another version and changes nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from pymongo.errors import DuplicateKeyError, PyMongoError

from gateway.errors import LedgerUnreadable
from gateway.fallback.quota import Lease, LeaseTable
from gateway.ledger.client import Database

_ID = "outage"
_BUDGET_S = 1.0


class MongoLeaseStore:
    """Ages are by the server's clock: gateways need not agree on the time."""

    def __init__(self, database: Database) -> None:
        self._exposure = database["exposure"]

    async def read(self) -> LeaseTable:
        """Read all leases. Raises LedgerUnreadable."""
        async with _asking():
            found = await self._exposure.find_one({"_id": _ID}, {"version": 1, "leases": 1, "now": "$$NOW"})
        if found is None:
            return LeaseTable(0, {})
        return LeaseTable(
            int(found["version"]),
            {
                key: Lease(
                    instance=kept["instance"],
                    share=int(kept["share"]),
                    spent=int(kept["spent"]),
                    age_s=(found["now"] - kept["seen_at"]).total_seconds(),
                    is_returned=kept["is_returned"],
                )
                for key, kept in found["leases"].items()
            },
        )

    async def write(self, table: LeaseTable, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        """Write a lease, as `LeaseStore` says."""
        gone = [f"leases.{key}" for key in dropped | ({lease_id} if mine is None else set())]
        update: list[Mapping[str, object]] = [{"$set": {"version": table.version + 1}}]
        if table.version == 0:
            update.append({"$set": {"leases": {"$literal": {}}}})
        if gone:
            update.append({"$unset": gone})
        if mine is not None:
            stored = {
                "instance": {"$literal": mine.instance},
                "share": mine.share,
                "spent": mine.spent,
                "seen_at": "$$NOW",
                "is_returned": {"$literal": mine.is_returned},
            }
            update.append({"$set": {f"leases.{lease_id}": stored}})
        async with _asking():
            try:
                done = await self._exposure.update_one(
                    {"_id": _ID, "version": table.version}, update, upsert=table.version == 0
                )
            except DuplicateKeyError:  # somebody else made the document at this moment
                return False
        return bool(done.matched_count or done.upserted_id)


@contextlib.asynccontextmanager
async def _asking() -> AsyncIterator[None]:
    """Not logged here: it is asked each second."""
    try:
        async with asyncio.timeout(_BUDGET_S):
            yield
    except (TimeoutError, PyMongoError) as error:
        raise LedgerUnreadable(f"the ledger did not answer: {type(error).__name__}") from None
