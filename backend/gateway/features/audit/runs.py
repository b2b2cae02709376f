"""
Runs of gateways whose records may not all be chained: collection `chain_runs`.

    _id        the run's name, the first 6 bytes of the `_id` of its records: see ledger/positions.py
    settled    its records up to this number are chained, or will never stand
    seen_at    when the run last said so, by the server's clock
    lease      who sweeps it, while it is silent

A run is written down before its first record, and is gone once it has ended with everything chained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import bson
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, ReturnDocument

from gateway.kit.lease import NOW, is_free, is_older, lease
from gateway.ledger.client import Collection, Database, reading
from gateway.ledger.positions import last_position, position

RAW: bson.CodecOptions[RawBSONDocument] = bson.CodecOptions(document_class=RawBSONDocument)
_SILENT = timedelta(seconds=20)  # four times what a living gateway takes to say that it is there
_SWEPT_S = 30.0  # nobody else looks at a silent run for so long
_OVER = timedelta(hours=1)  # a gateway that was cut off for less is still known when it comes back


@dataclass(frozen=True, slots=True)
class SilentRun:
    """A run that is dead, or cut off from MongoDB."""

    name: bytes
    settled: int


class Runs:
    """Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._runs = database["chain_runs"]
        self._records: Collection = database["transactions"].with_options(codec_options=RAW)

    async def tell(self, run: bytes, settled: int) -> None:
        """It is there, and its records are settled up to this number."""
        async with reading():
            told = {"seen_at": NOW, "settled": {"$max": ["$settled", settled]}}
            await self._runs.update_one({"_id": run}, [{"$set": told}], upsert=True)

    async def end(self, run: bytes) -> None:
        """Nothing of it is left to be done."""
        async with reading():
            await self._runs.delete_one({"_id": run})

    async def claim_silent(self, holder: str) -> SilentRun | None:
        """One that nobody sweeps at the moment; the one that was swept longest ago, so that each has its turn."""
        query = {"$expr": {"$and": [is_older("seen_at", _SILENT), is_free("lease")]}}
        async with reading():
            found = await self._runs.find_one_and_update(
                query,
                [{"$set": {"lease": lease(holder, lasts_s=_SWEPT_S)}}],
                sort=[("lease.until", ASCENDING)],
                return_document=ReturnDocument.AFTER,
            )
        return None if found is None else SilentRun(bytes(found["_id"]), int(found["settled"]))

    async def unsettled(self, run: SilentRun, *, limit: int) -> list[bytes]:
        """Its records past the settled ones, in the order in which it made them."""
        beyond = {"$gt": position(run.name, run.settled), "$lte": last_position(run.name)}
        async with reading():
            found = await self._records.find({"_id": beyond}).sort("_id", 1).limit(limit).to_list(limit)
        return [_raw(record) for record in found]

    async def swept(self, run: SilentRun) -> None:
        """It is chained so far."""
        async with reading():
            await self._runs.update_one({"_id": run.name}, {"$max": {"settled": run.settled}})

    async def forget(self, run: SilentRun) -> None:
        """All of it is chained: if it has been silent for long, it is over."""
        async with reading():
            await self._runs.delete_one({"_id": run.name, "$expr": is_older("seen_at", _OVER)})

    async def recorded(self, positions: Sequence[ObjectId]) -> list[bytes]:
        """Those of these records that stand."""
        async with reading():
            found = await self._records.find({"_id": {"$in": list(positions)}}).to_list(len(positions))
        return [_raw(record) for record in found]


def _raw(record: Any) -> bytes:
    return bytes(record.raw)
