"""
The ledger's collections, validators and indexes, as numbered steps that are each safe to repeat.

A gateway applies what is missing before it records its first verdict: without the unique index 200 ids became 245
documents under concurrency. One gateway at a time holds the lock; the others wait and find nothing left to do.
"""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import PyMongoError

from gateway.errors import LedgerUnreadable
from gateway.kit.lease import from_now, is_past
from gateway.kit.periodic import Periodic
from gateway.ledger.client import Database
from gateway.ledger.collections import (
    chain,
    gateways,
    people,
    transactions,
)

_log = structlog.get_logger()
_LOCK_S = 60  # longer than any step takes; a crashed holder holds nobody up for longer
_LOCK_POLL_S = 0.2
_MIGRATE_AGAIN_S = 0.5

_STEPS: dict[int, Callable[[Database], Awaitable[None]]] = {
    1: transactions.create,
    2: gateways.create_instances,
    3: people.create_labels,
    4: transactions.check_again,
    5: transactions.create_conflicts,
    6: chain.create,
    7: people.create_alerts,
    8: transactions.index_rescoring,
    9: people.create_outages,
    10: transactions.queue_reviews,
    11: people.create_lists,
    12: gateways.create_exposure,
    13: transactions.check_again,
    14: transactions.index_degraded,
    15: transactions.check_again,
    16: people.check_labels_again,
    17: people.check_lists_again,
    18: people.index_urgency,
    19: gateways.create_budgets,
    20: gateways.create_erasures,
    21: people.index_kinds,
    22: chain.create_runs,
    23: gateways.create_job_leases,
    24: chain.keep_runs,
}
NEWEST = max(_STEPS)


def new_holder() -> str:
    """A name for whoever may hold the lock, unlike any other."""
    return f"{socket.gethostname()}:{secrets.token_hex(8)}"


async def migrate(database: Database, *, holder: str) -> None:
    """
    Bring the database to the newest version.

    Args:
        holder: From `new_holder`. Who tries again after an outage keeps it, and so takes up its own lock.

    Raises:
        PyMongoError: the server is away or refuses; nothing half-done stands in the way of a repeat.
    """
    done = database["schema_migrations"]
    while (await _version(database)) < NEWEST:
        if not await _take_lock(database, holder):
            await asyncio.sleep(_LOCK_POLL_S)
            continue
        try:
            for number in range(await _version(database) + 1, NEWEST + 1):
                await _STEPS[number](database)
                await done.update_one({"_id": number}, {"$currentDate": {"applied_at": True}}, upsert=True)
                _log.info("ledger.migrated", version=number)
        finally:
            await done.delete_one({"_id": "lock", "holder": holder})


class Preparation(Periodic):
    """
    Tries until it is done, then ends: a process starts without a ledger.

    Attributes:
        was_tried: Set after the first attempt, whatever became of it.

    Args:
        is_ready: Set once validators and indexes are in place, and `before` is done.
        before: What has to be done before the first write. May raise LedgerUnreadable.
        after: What starts after that.
    """

    def __init__(
        self,
        database: Database,
        is_ready: asyncio.Event,
        *,
        before: Callable[[], Awaitable[None]] | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__("ledger.preparing", self._prepare, every_s=_MIGRATE_AGAIN_S)
        self.was_tried = asyncio.Event()
        self._database = database
        self._is_ready = is_ready
        self._first = before
        self._then = after
        self._holder = new_holder()

    async def _prepare(self) -> None:
        try:
            await migrate(self._database, holder=self._holder)
            if self._first is not None:
                await self._first()
        except (PyMongoError, LedgerUnreadable) as error:
            if not self.was_tried.is_set():  # it is tried twice a second, and may be away for hours
                _log.warning("ledger.not_ready", error=type(error).__name__)
            self.was_tried.set()
            return
        self.end()
        self._is_ready.set()
        self.was_tried.set()
        _log.info("ledger.ready", database=self._database.name)
        if self._then is not None:
            await self._then()


async def _version(database: Database) -> int:
    newest = await database["schema_migrations"].find_one({"_id": {"$type": "number"}}, sort=[("_id", DESCENDING)])
    return int(str(newest["_id"])) if newest else 0


async def _take_lock(database: Database, holder: str) -> bool:
    """By the server's clock: gateways need not agree on the time. Its holder takes it again."""
    taken = {"holder": holder, "until": from_now(timedelta(seconds=_LOCK_S))}
    lock = await database["schema_migrations"].find_one_and_update(
        {"_id": "lock"},
        [{"$replaceWith": {"$cond": [is_past("until"), {"$mergeObjects": ["$$ROOT", taken]}, "$$ROOT"]}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return bool(lock["holder"] == holder)
