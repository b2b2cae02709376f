"""
Makes a ledger of an older version one of this, while gateways serve: a worker's job, in steps that are safe to repeat.

    1  the indexes of fields that have other names now are built: of few documents
    2  each document is given its account, and those names; what somebody waits for comes first
    3  the indexes that begin with the account are built
    4  what processes of an older version write meanwhile is given its account, too; once none of them lives any more,
       validators ask for it
    5  a minute after every process could know, the older indexes go

Until step 4 is done no query names the account, and the older indexes serve: records/account.py. The unique ones among
them hold between the versions. What an older gateway brings later is refused, and kept in its journal.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from pymongo import IndexModel, timeout

from gateway.kit.lease import is_older
from gateway.ledger.client import Database, reading
from gateway.ledger.collections import Document, Shape, drop_replaced, replaced_indexes, require
from gateway.ledger.migrations import NEWEST, SHAPES, look_for_accounts, note_accounts
from records.account import NOTE

_log = structlog.get_logger()
LOOK_S = 5.0
_AT_ONCE = 500  # a tenth of a second of mongod's
_BUILD_S_MAX = 86_400.0
_KNOWN = timedelta(minutes=1)
_WITHOUT: Document = {"account": None}
_SHAPES = [shape for shape in SHAPES if shape.given is not None]


class Upgrade:
    """
    Takes as long as it has to. Two that work side by side cost work, and nothing else.

    Attributes:
        is_done: Nothing is left to be done, now or ever.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._walked: dict[str, Any] = {}  # by collection, the last _id whose document was looked at
        self._steps = self._upgrade()
        self.is_done = False

    async def look(self) -> bool:
        """Do one step; whether there is more to do at once. Raises LedgerUnreadable, and then begins anew."""
        began_s = monotonic()
        try:
            has_more = await anext(self._steps, False)
        except BaseException:
            self._steps = self._upgrade()
            raise
        if has_more:
            await asyncio.sleep(monotonic() - began_s)  # half of the time is for who waits for a verdict
        return has_more

    async def _upgrade(self) -> AsyncIterator[bool]:
        """A step at a time; False where the next one has to wait."""
        async with reading():
            has_accounts = await look_for_accounts(self._database)
        if not has_accounts:
            _log.info("ledger.upgrading", version=NEWEST)
            async for has_more in self._give_accounts():
                yield has_more
        if await self._has_replaced_indexes():
            while not await self._all_know():
                yield False
            for shape in _SHAPES:
                async with reading():
                    await drop_replaced(self._database, shape)
            _log.info("ledger.upgraded", version=NEWEST)
        self.is_done = True

    async def _give_accounts(self) -> AsyncIterator[bool]:
        for shape in _SHAPES:
            await self._build_indexes(shape, shape.early)
        for shape in _SHAPES:
            async for has_more in self._give_all(shape):
                yield has_more
        for shape in _SHAPES:
            await self._build_indexes(shape, shape.indexes)
            yield True
        while await self._has_older_processes():
            for shape in _SHAPES:
                while shape.first and await self._give_some(shape, _WITHOUT):  # somebody waits for some of these
                    yield True
            yield False
        for shape in _SHAPES:
            async with reading():
                await require(self._database, shape)
            for query in (*shape.first, _WITHOUT):
                while await self._give_some(shape, query):
                    yield True
        async with reading():
            await note_accounts(self._database)

    async def _give_all(self, shape: Shape) -> AsyncIterator[bool]:
        for query in shape.first:
            while await self._give_some(shape, query):
                yield True
        while await self._walk_on(shape):
            yield True

    async def _give_some(self, shape: Shape, query: Document) -> bool:
        """Those that a query finds; whether there were any."""
        async with reading():
            found = await self._database[shape.name].find(query, {"_id": 1}).limit(_AT_ONCE).to_list(_AT_ONCE)
            await self._give(shape, [document["_id"] for document in found])
        return bool(found)

    async def _walk_on(self, shape: Shape) -> bool:
        """The next ones in the order of _id, which needs no index that is still to be built; whether there were any."""
        documents = self._database[shape.name]
        beyond = {"_id": {"$gt": self._walked[shape.name]}} if shape.name in self._walked else {}
        async with reading():
            found = await documents.find(beyond, {"account": 1}).sort("_id", 1).limit(_AT_ONCE).to_list(_AT_ONCE)
            await self._give(shape, [document["_id"] for document in found if "account" not in document])
        if found:
            self._walked[shape.name] = found[-1]["_id"]
        return bool(found)

    async def _give(self, shape: Shape, ids: list[Any]) -> None:
        if ids:
            await self._database[shape.name].update_many({"_id": {"$in": ids}}, shape.given)

    async def _build_indexes(self, shape: Shape, indexes: Sequence[IndexModel]) -> None:
        """All at once, in one pass over the collection: of ten million records it takes minutes."""
        collection = self._database.delegate[shape.name]

        def build() -> None:
            with timeout(_BUILD_S_MAX):  # instead of the client's own 3 s
                collection.create_indexes(list(indexes))

        if indexes:
            _log.info("ledger.building_indexes", collection=shape.name, indexes=len(indexes))
            await _in_thread(build)

    async def _has_older_processes(self) -> bool:
        """Each says in its heartbeat which version it writes; who died without a word is forgotten after an hour."""
        older = {"ledger": {"$not": {"$gte": NEWEST}}}
        async with reading():
            return await self._database["instances"].find_one(older) is not None

    async def _has_replaced_indexes(self) -> bool:
        async with reading():
            return any([await replaced_indexes(self._database, shape) for shape in _SHAPES])

    async def _all_know(self) -> bool:
        """Whether every process has asked since: each does every few seconds."""
        known = {**NOTE, "$expr": is_older("applied_at", _KNOWN)}
        async with reading():
            return await self._database["schema_migrations"].find_one(known) is not None


async def _in_thread(work: Callable[[], None]) -> None:
    """In one of its own that nothing waits for at the end of the process: MongoDB then gives up what it works on."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    failures: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failures.append(error)
        with contextlib.suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, daemon=True, name="indexes").start()
    await done.wait()
    async with reading():
        for failure in failures:
            raise failure
