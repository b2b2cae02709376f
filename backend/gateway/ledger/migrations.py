"""
The ledger's collections, validators and indexes, brought to the newest version before a gateway records anything.

Without the unique index 200 ids became 245 documents under concurrency. One process at a time holds the lock; the
others wait and find nothing left to do. What takes long on a large ledger of an older version is a worker's to do,
while gateways serve: upgrade.py.

    schema_migrations   _id: a version, and when it was applied; "lock"; "accounts": since when every document has one
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
from gateway.ledger.client import Database, reading
from gateway.ledger.collections import allow, chain, create, gateways, people, transactions
from records.account import LEDGER, NOTE

_log = structlog.get_logger()
_LOCK_S = 60  # longer than any step takes; a crashed holder holds nobody up for longer
_LOCK_POLL_S = 0.2
_MIGRATE_AGAIN_S = 0.5
_ACCOUNTS_AGAIN_S = 5.0
SHAPES = (
    gateways.INSTANCES, gateways.JOB_LEASES, gateways.EXPOSURE, gateways.BUDGET_SCORES, gateways.ERASURES, chain.CHAIN,
    chain.CHAIN_RUNS, people.OUTAGES, people.LISTS, people.ALERTS, people.LABELS, transactions.CONFLICTS,
    transactions.TRANSACTIONS, people.ARTIFACTS, people.MODEL_ROLES, people.ACCESS,
)  # fmt: skip
NEWEST = 28  # 25 was the first whose documents have an account; 26 brought the models, 28 who may come in


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
            if (before := await _version(database)) < NEWEST:  # else another process was faster
                await _apply(database, is_new=before == 0)
                await done.update_one({"_id": NEWEST}, {"$currentDate": {"applied_at": True}}, upsert=True)
                _log.info("ledger.migrated", version=NEWEST)
        finally:
            await done.delete_one({"_id": "lock", "holder": holder})
    await look_for_accounts(database)


async def _apply(database: Database, *, is_new: bool) -> None:
    has_accounts = await look_for_accounts(database)
    for one in SHAPES:
        await (create if is_new or has_accounts else allow)(database, one)
    if is_new:
        await note_accounts(database)


async def look_for_accounts(database: Database) -> bool:
    """Whether every document has an account, which this process then knows. Raises PyMongoError."""
    LEDGER.are_everywhere = await database["schema_migrations"].find_one(NOTE) is not None
    return LEDGER.are_everywhere


async def note_accounts(database: Database) -> None:
    """Every document has an account, and the indexes that begin with it are there. Raises PyMongoError."""
    await database["schema_migrations"].update_one(NOTE, {"$currentDate": {"applied_at": True}}, upsert=True)
    LEDGER.are_everywhere = True


class Preparation(Periodic):
    """
    Tries until it is done, then ends: a process starts without a ledger. On one of an older version it goes on to ask
    whether that was upgraded.

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
        super().__init__(
            "ledger.preparing",
            self._step_on,
            every_s=lambda: _ACCOUNTS_AGAIN_S if is_ready.is_set() else _MIGRATE_AGAIN_S,
            expected=(LedgerUnreadable,),
        )
        self.was_tried = asyncio.Event()
        self._database = database
        self._is_ready = is_ready
        self._first = before
        self._then = after
        self._holder = new_holder()

    async def _step_on(self) -> None:
        if not self._is_ready.is_set():
            await self._prepare()
        else:
            async with reading():
                await look_for_accounts(self._database)
        if LEDGER.are_everywhere and self._is_ready.is_set():
            self.end()

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
