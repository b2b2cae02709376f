"""Reads history within a few milliseconds or not at all: a frozen MongoDB costs history, never a score."""

import asyncio
import math
import time
from collections.abc import Sequence

import structlog

from brain.domain import Event, Query
from brain.history.cache import ReadingsCache
from brain.history.documents import COLUMNS, MERCHANTS, USERS, Side, decode_columns
from brain.history.gate import ReadGate
from brain.history.migrations import Database

log = structlog.get_logger()

# Histories of one side in one round trip: 5.6 ms. All 64 of a full batch at once take a tenth less than two chunks,
# but when that is late, 64 scores lose their history instead of 32.
CHUNK = 32

Events = Sequence[Event] | None


class HistoryReader:
    """
    Answers batches from a short-lived cache and, for the rest, with a find per collection.

    Both finds run at once, so a batch waits for one round trip. One aggregation with $unionWith costs a
    quarter less for a lone row, the same for 32, and takes longer for 64 (docs/benchmarks.md).

    Motor cannot cancel an operation: a late one runs on in its thread until the client's timeout. So at most one read
    that a batch waits for and one that renews the cache run at a time, whatever MongoDB does.
    """

    def __init__(self, database: Database, *, budget_s: float) -> None:
        """Args: budget_s: how long one batch waits for its history at most, in seconds."""
        self._budget_s = budget_s
        self._gate = ReadGate(time.monotonic)
        self._users = _Readings(database, USERS)
        self._merchants = _Readings(database, MERCHANTS)
        self._reading: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def read(self, queries: Sequence[Query]) -> tuple[list[Events], list[Events]]:
        """
        Read the events of each query's user and of each query's merchant, in the order of the queries.

        Never raises and never waits past the budget: a history that could not be read is None. An unknown user or
        merchant has no events, nor has the merchant of a query that names none. Calls must not overlap.
        """
        user_ids = [query.user_id for query in queries]
        merchant_ids = [query.merchant_id for query in queries if query.merchant_id is not None]
        users, merchants = self._users.cache, self._merchants.cache
        missing = users.missing(user_ids), merchants.missing(merchant_ids)
        if any(missing):
            await self._read_in_budget(*missing)
        self._renew(users.stale(user_ids), merchants.stale(merchant_ids))
        return (
            [users.get(user_id) for user_id in user_ids],
            [() if query.merchant_id is None else merchants.get(query.merchant_id) for query in queries],
        )

    async def _read_in_budget(self, user_ids: Sequence[str], merchant_ids: Sequence[str]) -> None:
        if self._reading is not None or not self._gate.admits():
            return
        deadline_s = time.monotonic() + self._budget_s
        arrived = asyncio.Event()
        reading = self._reading = asyncio.create_task(
            self._fetch(user_ids, merchant_ids, arrived, deadline_s=deadline_s)
        )
        reading.add_done_callback(self._reading_is_over)
        await asyncio.wait({reading}, timeout=self._budget_s)
        if arrived.is_set():
            if self._gate.succeeded():
                log.info("history.recovered")
        else:
            self._note_failure(_why(reading) or "late")

    def _renew(self, user_ids: Sequence[str], merchant_ids: Sequence[str]) -> None:
        if self._renewing is None and not self._gate.is_shut and (user_ids or merchant_ids):
            self._renewing = asyncio.create_task(
                self._fetch(user_ids[:CHUNK], merchant_ids[:CHUNK], asyncio.Event(), deadline_s=math.inf)
            )
            self._renewing.add_done_callback(self._renewing_is_over)

    async def _fetch(
        self, user_ids: Sequence[str], merchant_ids: Sequence[str], arrived: asyncio.Event, *, deadline_s: float
    ) -> None:
        """Fill the cache, chunk by chunk while there is time: a part in time is better than nothing."""
        for start in range(0, max(len(user_ids), len(merchant_ids)), CHUNK):
            results = await asyncio.gather(
                self._users.fetch(user_ids[start : start + CHUNK]),
                self._merchants.fetch(merchant_ids[start : start + CHUNK]),
                return_exceptions=True,
            )
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            arrived.set()
            if time.monotonic() > deadline_s:
                return

    def _reading_is_over(self, task: asyncio.Task[None]) -> None:
        self._reading = None
        _why(task)  # retrieved, or asyncio would log an error that was never retrieved

    def _renewing_is_over(self, task: asyncio.Task[None]) -> None:
        self._renewing = None
        if reason := _why(task):
            self._note_failure(reason)

    def _note_failure(self, reason: str) -> None:
        if self._gate.failed():
            log.warning("history.unavailable", reason=reason)


def _why(task: asyncio.Task[None]) -> str | None:
    """Name the error that ended a task; None while it runs or when there was none."""
    error = task.exception() if task.done() and not task.cancelled() else None
    return type(error).__name__ if error is not None else None


class _Readings:
    """The collection of one side and its cached readings."""

    def __init__(self, database: Database, side: Side) -> None:
        self.cache = ReadingsCache(time.monotonic)
        self._collection = database[side.collection]

    async def fetch(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        # One reply holds them all: a second round trip would cost more than the memory does.
        cursor = self._collection.find({"_id": {"$in": list(keys)}}, COLUMNS, batch_size=len(keys) + 1)
        found = {document["_id"]: decode_columns(document) for document in await cursor.to_list(None)}
        for key in keys:
            self.cache.put(key, found.get(key, ()))
