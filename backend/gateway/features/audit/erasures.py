"""
Follows erasures: what this gateway remembers of an erased person's payments, in memory and on disk, goes.

What was erased is in the collection `erasures`:

    _id, account, at   at: by the server's clock
    transaction_ids    of the account, whose records lost their person; nothing here names one
    done               gateways that have dropped what they remembered of these
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from bson.objectid import ObjectId

from gateway.errors import LedgerFailure
from gateway.kit.periodic import Periodic
from gateway.kit.sqlite import BUSY_S, remove
from gateway.ledger.client import Database, reading
from gateway.ledger.journal import memory
from gateway.ledger.journal.salvage import journals

_log = structlog.get_logger()
_OVERLAP = timedelta(seconds=5)  # a time is given when a write begins, and seen when it is done
_AT_ONCE = 20
# What waits for the ledger stays: it was acknowledged, and its record does not exist yet. Of the memory nothing waits.
_FROM_JOURNAL = "DELETE FROM verdicts WHERE id = ? AND sent_ms IS NOT NULL"
_LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Erasure:
    """One of them, or a part of a large one; `at` changes when it has to be done again."""

    id: ObjectId
    at: datetime
    transaction_ids: Sequence[str]


class Erasures:
    """Told until they are confirmed. Everything may raise LedgerUnreadable."""

    def __init__(self, database: Database) -> None:
        self._erasures = database["erasures"]
        self._since: datetime | None = None  # None: nothing is confirmed yet, and all are news
        self._done: dict[ObjectId, datetime] = {}

    async def news(self) -> list[Erasure]:
        """Find some that are not confirmed, oldest first."""
        query: Mapping[str, Any] = {"at": {"$gte": self._since - _OVERLAP}} if self._since is not None else {}
        found: list[Erasure] = []
        async with reading():
            async for document in self._erasures.find(query).sort("at", 1):
                if self._done.get(document["_id"]) != document["at"]:
                    found.append(Erasure(document["_id"], document["at"], document["transaction_ids"]))
                if len(found) == _AT_ONCE:
                    break
        return found

    async def confirm(self, erasures: Sequence[Erasure], instance: str) -> None:
        """Say that this gateway remembers nothing of them any more."""
        ids = [erasure.id for erasure in erasures]
        async with reading():
            await self._erasures.update_many({"_id": {"$in": ids}}, {"$addToSet": {"done": instance}})
        self._since = max(erasure.at for erasure in erasures)
        known = self._done | {erasure.id: erasure.at for erasure in erasures}
        self._done = {name: at for name, at in known.items() if at >= self._since - _OVERLAP}


def forget_verdicts(directory: Path, transaction_ids: Sequence[str]) -> None:
    """
    Drop what is remembered of these. Safe to repeat, and beside a gateway that uses the files.

    Damaged journals go as a whole: nobody can say what is in them, and what could be read was taken over.

    Raises:
        OSError, sqlite3.Error: some may be dropped, the rest is not.
    """
    found = journals(directory)
    for file in found[1:]:
        remove(file)
    for file in found[:1]:
        with closing(sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = ON")  # zeros, or the pages would keep what the rows said
            database.execute("BEGIN IMMEDIATE")
            database.executemany(_FROM_JOURNAL, [(transaction_id,) for transaction_id in transaction_ids])
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # and so would the log
    memory.forget(directory, transaction_ids)


class Forgetting(Periodic):
    """
    Begins with everything that was erased while this gateway did not run.

    Args:
        erasures: What was erased.
        directory: Of the journal.
        forget: Drops transactions from memory.
        is_ready: Set once the ledger's collections are in place.
        instance: This gateway's name.
    """

    def __init__(
        self,
        erasures: Erasures,
        *,
        directory: Path,
        forget: Callable[[Sequence[str]], None],
        is_ready: asyncio.Event,
        instance: str,
    ) -> None:
        super().__init__("erasure", self._try, every_s=_LOOK_S, expected=(LedgerFailure,), after=is_ready)
        self._erasures = erasures
        self._directory = directory
        self._forget = forget
        self._instance = instance

    async def look(self) -> bool:
        """Whether there was something to forget. Raises LedgerFailure, OSError or sqlite3.Error: look again."""
        news = await self._erasures.news()
        for erasure in news:
            self._forget(erasure.transaction_ids)
            await asyncio.to_thread(forget_verdicts, self._directory, erasure.transaction_ids)
        if news:
            await self._erasures.confirm(news, self._instance)
            _log.info("erasure.done", verdicts=sum(len(erasure.transaction_ids) for erasure in news))
        return bool(news)

    async def _try(self) -> bool:
        try:
            return await self.look()
        except (sqlite3.Error, OSError) as error:
            _log.error("erasure.failed", error=type(error).__name__)
            return False
