"""
Chains what gateways left behind, in a worker: records of runs that fell silent, and what carries a flag.

The flag `chain_pending` is on a record that was amended. Records of older gateways carry it from the beginning, or
because they were sent to MongoDB twice, until it is taken off. Two sweeps that find the same record chain it twice,
which is harmless: it is the same leaf.
"""

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import bson
import structlog
from bson.objectid import ObjectId

from gateway.errors import LedgerUnreadable
from gateway.features.audit.runs import RAW, Runs, SilentRun
from gateway.features.audit.store import ChainWriter
from gateway.kit.lease import is_older
from gateway.ledger.audit_chain import ENTRIES_MAX, SWEEP, Entry, Head
from gateway.ledger.client import Collection, Database, reading
from gateway.ledger.documents import AWARE
from gateway.ledger.seals import readable_leaf
from records.positions import number_of

_log = structlog.get_logger()
SWEEP_S = 5.0
FLAG = "chain_pending"
_AGE = timedelta(seconds=10)  # younger ones are still in some older gateway's memory


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
        """Read it from a record."""
        document: Mapping[str, Any] = bson.decode(encoded, AWARE)
        transaction_id, amendments = document["transaction_id"], document.get("amendments", [])
        leaf = readable_leaf(encoded)
        insert = None if leaf is None else Entry(transaction_id, "insert", leaf)
        amends = tuple(
            Entry(transaction_id, "amend", amended)
            for amendment in amendments
            if isinstance(amended := amendment.get("seal", {}).get("leaf"), bytes)
        )
        if insert is None and not amends:  # none of ours: whoever verifies will say so
            _log.error("chain.never_sealed", transaction_id=transaction_id)
        return cls(document["_id"], insert, amends, len(amendments))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of it."""
        return (() if self.insert is None else (self.insert,)) + self.amends


class Flags:
    """Finds flagged records, and takes flags off. Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._transactions = database["transactions"]
        self._records: Collection = self._transactions.with_options(codec_options=RAW)

    async def left_behind(self, limit: int) -> list[Unchained]:
        """Find what has been flagged for a while, oldest first."""
        async with reading():
            cursor = self._records.find({FLAG: True, "$expr": is_older("created_at", _AGE)})
            found = await cursor.sort("created_at", 1).limit(limit).to_list(limit)
        return [Unchained.of(bytes(record.raw)) for record in found]  # type: ignore[attr-defined]

    async def clear(self, chained: Iterable[Unchained]) -> None:
        """Take the flags off, unless an amendment has come since."""
        by_amendments: dict[int, list[ObjectId]] = {}
        for one in chained:
            by_amendments.setdefault(one.amendments, []).append(one.record)
        async with reading():
            for amendments, records in by_amendments.items():
                await self._transactions.update_many(
                    {"_id": {"$in": records}, "amendments": {"$size": amendments}}, {"$unset": {FLAG: ""}}
                )


class Sweep:
    """
    Writes a chain of its own. Everything may raise LedgerUnreadable, and is safe to repeat.

    Args:
        instance: The name of this process.
    """

    def __init__(self, database: Database, *, instance: str) -> None:
        self._writer = ChainWriter(database, instance=instance, suffix=SWEEP)
        self._flags = Flags(database)
        self._runs = Runs(database)
        self._holder = f"{instance}/{secrets.token_hex(8)}"

    def heads(self) -> list[Head]:
        """List the end of its chain, as far as that is on a majority."""
        return [self._writer.head] if self._writer.head.seq > 0 else []

    async def look(self) -> bool:
        """Chain one batch of each kind. Returns True when there is more."""
        await self._writer.settle()
        has_more = await self._sweep_flagged()
        return await self._sweep_run() or has_more

    async def _sweep_flagged(self) -> bool:
        found = await self._flags.left_behind(ENTRIES_MAX)
        if found:
            await self._writer.write([entry for one in found for entry in one.entries])
            await self._flags.clear(found)
            _log.info("chain.caught_up", records=len(found))
        return len(found) == ENTRIES_MAX

    async def _sweep_run(self) -> bool:
        """Chain what a run left unsettled. A part of it may be in its chain already."""
        run = await self._runs.claim_silent(self._holder)
        if run is None:
            return False
        while records := await self._runs.unsettled(run, limit=ENTRIES_MAX):
            found = [Unchained.of(record) for record in records]
            await self._writer.write([one.insert for one in found if one.insert is not None])
            run = SilentRun(run.name, number_of(found[-1].record))
            await self._runs.swept(run)
            _log.info("chain.caught_up", run=run.name.hex(), records=len(found))
        with contextlib.suppress(LedgerUnreadable):  # it stays a while longer, and keeps no other run waiting
            await self._runs.end_silent(run)
        return True
