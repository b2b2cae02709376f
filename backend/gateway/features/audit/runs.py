"""
Runs of gateways whose records may not all be chained: collection `chain_runs`.

    _id        the run's name, the first 6 bytes of the `_id` of its records: see records/positions.py
    settled    its records up to this number are chained, or will never stand
    seen_at    when the run last said so, by the server's clock
    settled_at when `settled` last changed, by the server's clock: who reads on from a mark asks for news by it
    lease      who sweeps it, while it is silent
    ended_at   when it was over, with everything chained; nobody sweeps it any more

A run is written down before its first record. What readers of the ledger rely on is in records/runs.py.
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
from records.payments import TRANSACTIONS
from records.positions import last_position, position
from records.runs import RUNS

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
        self._runs = database[RUNS]
        self._records: Collection = database[TRANSACTIONS].with_options(codec_options=RAW)

    async def publish(self, run: bytes, settled: int) -> None:
        """Say that it is there, and that its records are settled up to this number."""
        said = {"seen_at": NOW, "ended_at": "$$REMOVE", **_settled(settled)}
        async with reading():
            await self._runs.update_one({"_id": run}, [{"$set": said}], upsert=True)

    async def end(self, run: bytes, settled: int) -> None:
        """Say that it is over, with nothing left to be done."""
        async with reading():
            await self._runs.update_one({"_id": run}, [{"$set": {"ended_at": NOW, **_settled(settled)}}])

    async def claim_silent(self, holder: str) -> SilentRun | None:
        """Lease one that nobody sweeps at the moment; the one that was swept longest ago, so that each has its turn."""
        query = {"ended_at": None, "$expr": {"$and": [is_older("seen_at", _SILENT), is_free("lease")]}}
        async with reading():
            found = await self._runs.find_one_and_update(
                query,
                [{"$set": {"lease": lease(holder, lasts_s=_SWEPT_S)}}],
                sort=[("lease.until", ASCENDING)],
                return_document=ReturnDocument.AFTER,
            )
        return None if found is None else SilentRun(bytes(found["_id"]), int(found["settled"]))

    async def unsettled(self, run: SilentRun, *, limit: int) -> list[bytes]:
        """Read its records past the settled ones, in the order in which it made them."""
        beyond = {"$gt": position(run.name, run.settled), "$lte": last_position(run.name)}
        async with reading():
            found = await self._records.find({"_id": beyond}).sort("_id", 1).limit(limit).to_list(limit)
        return [_raw(record) for record in found]

    async def swept(self, run: SilentRun) -> None:
        """Say that it is chained so far."""
        async with reading():
            await self._runs.update_one({"_id": run.name}, [{"$set": _settled(run.settled)}])

    async def end_silent(self, run: SilentRun) -> None:
        """Say that all of it is chained: if it has been silent for long, it is over."""
        query = {"_id": run.name, "$expr": is_older("seen_at", _OVER)}
        async with reading():
            await self._runs.update_one(query, {"$currentDate": {"ended_at": True}})

    async def recorded(self, positions: Sequence[ObjectId]) -> list[bytes]:
        """Read those of these records that stand."""
        async with reading():
            found = await self._records.find({"_id": {"$in": list(positions)}}).to_list(len(positions))
        return [_raw(record) for record in found]


def _settled(number: int) -> dict[str, Any]:
    """Never less than before: a sweep may know more than a gateway that was cut off."""
    is_news = {"$gt": [number, {"$ifNull": ["$settled", -1]}]}
    return {"settled": {"$max": ["$settled", number]}, "settled_at": {"$cond": [is_news, NOW, "$settled_at"]}}


def _raw(record: Any) -> bytes:
    return bytes(record.raw)
