"""Writes one chain to MongoDB, one document at a time, and never two for one place."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from pymongo.errors import DuplicateKeyError

from gateway.kit import clock
from gateway.ledger.audit_chain import ENTRIES_MAX, Chain, Entry, Head
from gateway.ledger.client import Database, reading

_log = structlog.get_logger()
_BEYOND = "\U0010ffff"  # sorts after every name
_HEADS_MAX = 50  # of the newest writers, whose names begin with the time of their start


class ChainWriter:
    """
    The end of a chain that only this process extends.

    Args:
        instance: This gateway's name.
        suffix: What tells this chain from others of the same run.
    """

    def __init__(self, database: Database, *, instance: str, suffix: str = "") -> None:
        self._links = database["chain"]
        self._instance = instance
        self._suffix = suffix
        self._chain = self._begin()
        self._unsettled: tuple[Sequence[Entry], dict[str, Any]] | None = None

    @property
    def head(self) -> Head:
        """The last document that is known to be on a majority; seq is 0 before the first."""
        return self._chain.head

    def take(self, entries: Sequence[Entry], heads: Sequence[Head] = ()) -> None:
        """Make the next document. Only where nothing is unsettled: call `settle` before."""
        self._unsettled = entries, self._chain.extend(entries, at=clock.now(), heads=heads)

    async def settle(self) -> Sequence[Entry]:
        """
        Write the document that was made, if there is one.

        Returns:
            What is chained by it.

        Raises:
            LedgerUnreadable: it may have been written or not. To settle again is safe.
        """
        if self._unsettled is None:
            return ()
        entries, document = self._unsettled
        async with reading():
            try:
                await self._links.insert_one(document)
            except DuplicateKeyError:
                found = await self._links.find_one({"_id": document["_id"]}, {"digest": 1})
                if found is None or found["digest"] != document["digest"]:
                    document = await self._elsewhere(entries, document)
        self._chain.add(document)
        self._unsettled = None
        return entries

    async def write(self, entries: Sequence[Entry]) -> None:
        """Chain these, whatever their number, after what is unsettled. Raises likewise; to repeat it is harmless."""
        await self.settle()
        for first in range(0, len(entries), ENTRIES_MAX):
            self.take(entries[first : first + ENTRIES_MAX])
            await self.settle()

    async def _elsewhere(self, entries: Sequence[Entry], document: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody else writes under our name: leave it to them."""
        _log.error("chain.place_taken", writer=self._chain.head.writer, seq=document["_id"]["seq"])
        self._chain = self._begin()
        again = self._chain.extend(entries, at=clock.now())
        self._unsettled = entries, again
        await self._links.insert_one(again)
        return again

    def _begin(self) -> Chain:
        started = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Chain(f"{started} {self._instance}{self._suffix}")


async def newest_heads(database: Database, *, but: str) -> list[Head]:
    """
    Find the ends of other chains, of those that began last, 50 at most. A millisecond each, from the index.

    Args:
        but: The writer that asks.

    Raises:
        LedgerUnreadable: it cannot be known now.
    """
    links = database["chain"]
    heads: list[Head] = []
    before = _BEYOND
    async with reading():
        while len(heads) < _HEADS_MAX:
            found = await links.find_one({"_id": {"$lt": {"writer": before}}}, {"digest": 1}, sort=[("_id", -1)])
            if found is None:
                break
            before = found["_id"]["writer"]
            if before != but:
                heads.append(Head(before, int(found["_id"]["seq"]), bytes(found["digest"])))
    return heads
