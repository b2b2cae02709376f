"""Finds verdicts in a file by their id. Nearly every id is new, so nearly every look ends in memory."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.ledger.journal.rows import Row
from gateway.ledger.journal.store import Store

_FIND_S = 0.5  # a row is some microseconds away; a checkout does not wait longer for a disk that stands still


class Reader:
    """
    Knows which ids a file may hold, and asks the file only for those, in a thread of its own.

    It may take an id for known that the file has forgotten, and never the other way round.

    Args:
        ids_max: Newest ids that are known for sure, about 80 bytes each; None: all that were added and not discarded.
    """

    def __init__(self, name: str, *, ids_max: int | None = None) -> None:
        self._ids_max = ids_max
        self._hashes, self._older = set[int](), set[int]()  # of ids; the older ones are forgotten all at once
        self._store: Store | None = None
        self._is_loaded = asyncio.Event()  # not while the ids of a file are read
        self._is_loaded.set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}.reader")

    @property
    def path(self) -> Path | None:
        """Of the file; None before one is open."""
        return None if self._store is None else self._store.path

    async def open(self, open_store: Callable[[], Store]) -> None:
        """Read from this file from now on. Raises sqlite3.Error or OSError: then all is as before."""

        def load() -> tuple[Store, list[int]]:
            store = open_store()
            try:
                return store, [hash(transaction_id) for transaction_id in store.ids()]
            except BaseException:
                store.close()
                raise

        self._is_loaded.clear()
        try:
            store, hashes = await asyncio.get_running_loop().run_in_executor(self._thread, load)
            self._hashes.update(hashes)
            if self._store is not None:
                self._thread.submit(self._store.close)
            self._store = store
        finally:
            self._is_loaded.set()

    async def close(self) -> None:
        """Let go of the file."""
        if self._store is not None:
            self._thread.submit(self._store.close)
            self._store = None
        await asyncio.to_thread(self._thread.shutdown)

    def add(self, transaction_ids: Iterable[str]) -> None:
        """The file has these, or is about to."""
        if self._ids_max is not None and len(self._hashes) >= self._ids_max:
            self._hashes, self._older = set(), self._hashes
        self._hashes.update(map(hash, transaction_ids))

    def discard(self, transaction_ids: Iterable[str]) -> None:
        """The file has forgotten these."""
        forgotten = set(map(hash, transaction_ids))
        self._hashes -= forgotten
        self._older -= forgotten

    def may_have(self, transaction_id: str) -> bool:
        """Whether the file has to be asked."""
        known = hash(transaction_id)
        return self._store is None or known in self._hashes or known in self._older

    async def find(self, transaction_id: str) -> Row | None:
        """
        What the file has under this id, if it is whole.

        Raises:
            sqlite3.Error, TimeoutError: it may be there, and cannot be read now.
        """
        if not self.may_have(transaction_id):
            return None
        async with asyncio.timeout(_FIND_S):
            await self._is_loaded.wait()
            if (store := self._store) is None or not self.may_have(transaction_id):
                return None
            row = await asyncio.get_running_loop().run_in_executor(self._thread, store.find, transaction_id)
        return row if row is not None and row.is_whole else None
