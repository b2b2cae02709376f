"""
The lists as this gateway knows them: asked of the ledger twice a second, held in memory, remembered on disk.

While the ledger is away what is known goes on to count, also after a restart. An expiry is honoured to the moment,
whoever is away.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from gateway.domain import ListEntry, ListKind, ListName
from gateway.errors import LedgerFailure, ListFull, ListUnconfirmed
from gateway.features.lists.store import CHANGES_MAX, ENTRIES_MAX, Change, ListStore
from gateway.kit import clock
from gateway.kit.files import read_checked, write_checked
from gateway.kit.periodic import Periodic
from gateway.verdict.lists import ListIndex, key_of, to_key

FILE = "lists.json"
_log = structlog.get_logger()
_POLL_S = 1.0
# A change carries the server's time at which it began, and is seen when it is done: what is this much older is asked
# for again, and putting it in twice does no harm.
_OVERLAP = timedelta(seconds=3)
_SNAPSHOT_S = 1.0  # between two of them: one of 100,000 entries is 20 MB
_PRUNE_S = 60.0


class Snapshot(msgspec.Struct, frozen=True):
    """All entries, and when the ledger last confirmed them."""

    as_of: datetime
    entries: list[ListEntry]


_decoder = msgspec.json.Decoder(Snapshot)


def write_snapshot(directory: Path, as_of: datetime, entries: Sequence[ListEntry]) -> None:
    """Replace the file, durably. Raises OSError: the disk does not take it; the old one stays."""
    write_checked(directory / FILE, msgspec.json.encode(Snapshot(as_of, list(entries))))


def read_snapshot(directory: Path) -> Snapshot | None:
    """Read the file, if there is one; a damaged one is put aside and reported, and is not believed."""
    return read_checked(directory / FILE, _decoder.decode, event="lists.snapshot")


class Lists:
    """
    Runs as long as the gateway does.

    Args:
        store: Where the lists of all gateways are.
        is_ready: Set once the ledger's collections are in place.
        directory: On this machine, for the snapshot.

    Attributes:
        as_of: When the ledger last confirmed what is known; None before it ever did.
        index: What is known, and whether a transaction is on it.
    """

    def __init__(self, store: ListStore, is_ready: asyncio.Event, *, directory: Path) -> None:
        self.as_of: datetime | None = None
        self._store = store
        self._is_ready = is_ready
        self._directory = directory
        self.index = ListIndex()
        self._since: datetime | None = None  # by the server's clock; None: all must be read
        self._is_saved = True
        self._loops = (
            Periodic("lists", self._poll, every_s=_POLL_S, after=is_ready),
            Periodic("lists.snapshot", self._save_now, every_s=_SNAPSHOT_S),
            Periodic("lists.prune", self._prune, every_s=_PRUNE_S),
        )

    async def start(self) -> None:
        """Take up what was known when this gateway last ran."""
        snapshot = await asyncio.to_thread(read_snapshot, self._directory)
        if snapshot is not None:
            self.as_of = snapshot.as_of
            for entry in snapshot.entries:
                self.index.put(entry)
            _log.info("lists.remembered", entries=len(self.index), as_of=snapshot.as_of.isoformat())
        for loop in self._loops:
            await loop.start()

    async def close(self) -> None:
        """Stop, with what is known on disk."""
        for loop in self._loops:
            await loop.close()
        await self._save_now()

    def __len__(self) -> int:
        """How many entries are known."""
        return len(self.index)

    def get(self, key: str) -> ListEntry | None:
        """Get one entry that counts."""
        entry = self.index.get(key)
        return None if entry is None or _is_over(entry, clock.LEDGER.best()) else entry

    def page(
        self, *, name: ListName | None, kind: ListKind | None, after: str | None, limit: int
    ) -> tuple[list[ListEntry], str | None]:
        """List entries in the order of their keys, and the key to go on after; None when there are no more."""
        found = self.index.page(name=name, kind=kind, after=after, limit=limit + 1)
        following = key_of(found[limit - 1]) if len(found) > limit else None
        now = clock.LEDGER.best()
        return [entry for entry in found[:limit] if not _is_over(entry, now)], following

    async def put(
        self, name: ListName, kind: ListKind, value: str, *, reason: str, expires_at: datetime | None
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
        entry = await self._store.put(name, kind, value, reason=reason, expires_at=expires_at)
        self.index.put(entry)
        self._is_saved = False
        return entry

    async def remove(self, key: str) -> bool:
        """Take a value off its list; whether it was on it. Raises ListUnconfirmed: not known to be recorded."""
        self._check_ready()
        was_there = await self._store.remove(key)
        self._forget(key)
        return was_there

    def _check_ready(self) -> None:
        if not self._is_ready.is_set():
            raise ListUnconfirmed("The ledger is not prepared yet. Send the same request again.")

    async def _poll(self) -> None:
        since, self._since = self._since, None  # after a failure it may be another server, with another clock
        with contextlib.suppress(LedgerFailure):
            await self._read_changes(since or await self._read_all())

    async def _read_all(self) -> datetime:
        """Since when changes must be asked for afterwards."""
        begun = await self._store.now()
        index, known = ListIndex(), self.index
        async for entries in self._store.all():
            for entry in entries:
                index.put(entry)
        for entry in known.entries():  # what was put or taken off meanwhile comes with the changes
            if entry.updated_at >= begun:
                index.put(entry)
        if {key_of(e): e for e in known.entries()} != {key_of(e): e for e in index.entries()}:
            self._is_saved = False
        known.take_over(index)
        _log.info("lists.read", entries=len(index))
        return begun - _OVERLAP

    async def _read_changes(self, since: datetime) -> None:
        now = await self._store.now()
        while len(changes := await self._read_some(since)) == CHANGES_MAX:
            if changes[-1].updated_at == since:  # more in one millisecond than are told at once: all is read
                return
            since = changes[-1].updated_at
        self.as_of, self._since = clock.now(), now - _OVERLAP

    async def _read_some(self, since: datetime) -> Sequence[Change]:
        changes = await self._store.changes(since)
        for change in changes:
            self._apply(change)
        return changes

    def _apply(self, change: Change) -> None:
        """Leave out older news than what is known: this gateway may have put or taken it off itself meanwhile."""
        known = self.index.get(change.key)
        if known is not None and known.updated_at > change.updated_at:
            return
        if change.entry is None:
            if known is not None:
                self._forget(change.key)
        elif known != change.entry:
            self.index.put(change.entry)
            self._is_saved = False

    def _forget(self, key: str) -> None:
        self.index.remove(key)
        self._is_saved = False

    async def _save_now(self) -> None:
        if self._is_saved or self.as_of is None:
            return
        self._is_saved = True
        try:
            await asyncio.to_thread(write_snapshot, self._directory, self.as_of, self.index.entries())
        except OSError as error:
            _log.error("lists.not_saved", error=type(error).__name__)
            self._is_saved = False

    async def _prune(self) -> None:
        """Forget what has expired: it counts no more, and takes room."""
        now = clock.LEDGER.best()
        for entry in self.index.entries():
            if _is_over(entry, now):
                self._forget(key_of(entry))


def _is_over(entry: ListEntry, now: datetime) -> bool:
    return entry.expires_at is not None and entry.expires_at <= now
