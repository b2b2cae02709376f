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
    """

    def __init__(self, name: str) -> None:
        self._hashes = set[int]()  # of ids, about 80 bytes each
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
        self._hashes.update(map(hash, transaction_ids))

    def discard(self, transaction_ids: Iterable[str]) -> None:
        """The file has forgotten these."""
        self._hashes.difference_update(map(hash, transaction_ids))

    def may_have(self, transaction_id: str) -> bool:
        """Whether the file has to be asked."""
        return self._store is None or hash(transaction_id) in self._hashes

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
