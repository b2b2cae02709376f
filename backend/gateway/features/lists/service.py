"""
The lists as this gateway knows them: followed in memory, and remembered on disk (kit/follower.py).

An expiry is honoured to the moment, whoever is away.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.domain import ListEntry, ListKind, ListName
from gateway.errors import LedgerFailure, ListFull, ListUnconfirmed
from gateway.features.lists.store import ENTRIES_MAX, ListStore
from gateway.kit import clock
from gateway.kit.follower import Follower
from gateway.verdict.lists import ListIndex, key_of, to_key


class Snapshot(msgspec.Struct, frozen=True):
    """All entries, and when the ledger last confirmed them."""

    as_of: datetime
    entries: list[ListEntry]


_decoder = msgspec.json.Decoder(Snapshot)


class EntryKind:
    """What the follower has to know of entries."""

    name = "lists"

    def key_of(self, item: ListEntry) -> str:
        """Return list, kind and value."""
        return key_of(item)

    def changed_at(self, item: ListEntry) -> datetime:
        """Return when it was put."""
        return item.updated_at

    def is_over(self, item: ListEntry, now: datetime) -> bool:
        """Whether it has expired."""
        return item.expires_at is not None and item.expires_at <= now

    def encode(self, as_of: datetime, items: Sequence[ListEntry]) -> bytes:
        """Write a snapshot."""
        return msgspec.json.encode(Snapshot(as_of, list(items)))

    def decode(self, body: bytes) -> tuple[datetime, Sequence[ListEntry]]:
        """Read a snapshot."""
        snapshot = _decoder.decode(body)
        return snapshot.as_of, snapshot.entries


class Lists:
    """
    Runs as long as the gateway does.

    Args:
        store: Where the lists of all gateways are.
        is_ready: Set once the ledger's collections are in place.
        directory: On this machine, for the snapshot.

    Attributes:
        index: What is known, and whether a transaction is on it.
    """

    def __init__(self, store: ListStore, is_ready: asyncio.Event, *, directory: Path) -> None:
        self.index = ListIndex()
        self._store = store
        self._kind = EntryKind()
        self._follower = Follower(self._kind, store, self.index, is_ready, expected=LedgerFailure, directory=directory)
        self.start, self.close = self._follower.start, self._follower.close

    @property
    def as_of(self) -> datetime | None:
        """When the ledger last confirmed what is known; None before it ever did."""
        return self._follower.as_of

    def __len__(self) -> int:
        """How many entries are known."""
        return len(self.index)

    def get(self, key: str) -> ListEntry | None:
        """Get one entry that counts."""
        entry = self.index.get(key)
        return None if entry is None or self._kind.is_over(entry, clock.LEDGER.best()) else entry

    def page(
        self, *, name: ListName | None, kind: ListKind | None, after: str | None, limit: int
    ) -> tuple[list[ListEntry], str | None]:
        """List entries in the order of their keys, and the key to go on after; None when there are no more."""
        found = self.index.page(name=name, kind=kind, after=after, limit=limit + 1)
        following = key_of(found[limit - 1]) if len(found) > limit else None
        now = clock.LEDGER.best()
        return [entry for entry in found[:limit] if not self._kind.is_over(entry, now)], following

    async def put(
        self,
        name: ListName,
        kind: ListKind,
        value: str,
        *,
        reason: str,
        expires_at: datetime | None,
        by: str | None = None,
    ) -> ListEntry:
        """
        Put a value on a list; it counts here at once, and on every other gateway within 2 s.

        Raises:
            ListFull: there are as many entries as there may be.
            ListUnconfirmed: not known to be recorded.
        """
        self._check_ready()
        if len(self.index) >= ENTRIES_MAX and self.index.get(to_key(name, kind, value)) is None:
            raise ListFull(
                f"There are {ENTRIES_MAX} entries. Take some off, or let them expire, and put this one again."
            )
        entry = await self._store.put(name, kind, value, reason=reason, expires_at=expires_at, by=by)
        self._follower.put(entry)
        return entry

    async def remove(self, key: str, *, by: str | None = None) -> bool:
        """Take a value off its list; whether it was on it. Raises ListUnconfirmed: not known to be recorded."""
        self._check_ready()
        was_there = await self._store.remove(key, by=by)
        self._follower.forget(key)
        return was_there

    def _check_ready(self) -> None:
        if not self._follower.is_ready:
            raise ListUnconfirmed("The ledger is not prepared yet. Send the same request again.")
