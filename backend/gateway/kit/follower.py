"""
Documents that every gateway knows in memory: asked of a database once a second, and remembered on disk.

While it is away, what is known goes on to count, also after a restart.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import structlog

from gateway.kit import clock
from gateway.kit.files import read_checked, write_checked
from gateway.kit.periodic import Periodic

_log = structlog.get_logger()
_POLL_S = 1.0
# A change carries the server's time at which it began, and is seen when it is done: what is this much older is asked
# for again, and putting it in twice does no harm.
_OVERLAP = timedelta(seconds=3)
_SNAPSHOT_S = 1.0  # between two of them: one of 100,000 entries is 20 MB
_PRUNE_S = 60.0
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Change(Generic[Item]):
    """What became of one key: the item, or None when it was removed; and when, by the server's clock."""

    key: str
    item: Item | None
    changed_at: datetime


class Source(Protocol[Item]):
    """Where the documents of all gateways are. Each may raise what the follower expects."""

    changes_max: int  # that are told at once

    async def now(self) -> datetime:
        """Ask for the server's time."""

    def all(self) -> AsyncIterator[list[Item]]:
        """Read all that are there, some at a time."""

    async def changes(self, since: datetime) -> Sequence[Change[Item]]:
        """Read what was put or removed since then, oldest first, `changes_max` at most."""


class Index(Protocol[Item]):
    """What is known. Nothing here awaits, so nothing needs a lock."""

    def get(self, key: str) -> Item | None:
        """Return one item."""

    def entries(self) -> list[Item]:
        """List all, in no particular order."""

    def put(self, item: Item) -> None:
        """Add it, or replace what is there."""

    def remove(self, key: str) -> None:
        """Drop it, if it is there."""

    def take_over(self, items: Sequence[Item]) -> None:
        """Know these, and nothing else."""


class Kind(Protocol[Item]):
    """What the follower has to know of its items."""

    name: str  # begins the names of log events and of the file

    def key_of(self, item: Item) -> str:
        """Return what it is known by."""

    def changed_at(self, item: Item) -> datetime:
        """Return when it was put, by the server's clock."""

    def is_over(self, item: Item, now: datetime) -> bool:
        """Whether it counts no more, and may be forgotten."""

    def encode(self, as_of: datetime, items: Sequence[Item]) -> bytes:
        """Write them for the disk."""

    def decode(self, body: bytes) -> tuple[datetime, Sequence[Item]]:
        """Read them. Raises msgspec.MsgspecError: another version wrote them."""


def write_snapshot(file: Path, kind: Kind[Item], as_of: datetime, items: Sequence[Item]) -> None:
    """Replace the file, durably. Raises OSError: the disk does not take it; the old one stays."""
    write_checked(file, kind.encode(as_of, items))


def read_snapshot(file: Path, kind: Kind[Item]) -> tuple[datetime, Sequence[Item]] | None:
    """Read the file, if there is one; a damaged one is put aside and reported, and is not believed."""
    return read_checked(file, kind.decode, event=f"{kind.name}.snapshot")


class Follower(Generic[Item]):
    """
    Keeps an index up to date. Runs as long as the process does.

    Args:
        source: Where the documents of all gateways are.
        index: What is kept up to date.
        is_ready: Set once the documents can be read.
        expected: What the source raises while it is away, and logs itself.
        directory: On this machine, for the snapshot; None where there is none.

    Attributes:
        as_of: When the source last confirmed what is known; None before it ever did.
    """

    def __init__(
        self,
        kind: Kind[Item],
        source: Source[Item],
        index: Index[Item],
        is_ready: asyncio.Event,
        *,
        expected: type[Exception],
        directory: Path | None,
    ) -> None:
        self.as_of: datetime | None = None
        self._kind = kind
        self._source = source
        self._index = index
        self._is_ready = is_ready
        self._expected = expected
        self._file = None if directory is None else directory / f"{kind.name}.json"
        self._since: datetime | None = None  # by the server's clock; None: all must be read
        self._is_saved = True
        self._loops = (
            Periodic(kind.name, self._poll, every_s=_POLL_S, after=is_ready),
            Periodic(f"{kind.name}.snapshot", self._save_now, every_s=_SNAPSHOT_S),
            Periodic(f"{kind.name}.prune", self._prune, every_s=_PRUNE_S),
        )

    async def start(self) -> None:
        """Take up what was known when this process last ran."""
        snapshot = None if self._file is None else await asyncio.to_thread(read_snapshot, self._file, self._kind)
        if snapshot is not None:
            self.as_of, items = snapshot
            self._index.take_over(items)
            _log.info(f"{self._kind.name}.remembered", entries=len(items), as_of=self.as_of.isoformat())
        for loop in self._loops:
            await loop.start()

    async def close(self) -> None:
        """Stop, with what is known on disk."""
        for loop in self._loops:
            await loop.close()
        await self._save_now()

    @property
    def is_ready(self) -> bool:
        """Whether the source is prepared for changes."""
        return self._is_ready.is_set()

    def put(self, item: Item) -> None:
        """Take up what this process itself has put there, before it comes with the changes."""
        self._index.put(item)
        self._is_saved = False

    def forget(self, key: str) -> None:
        """Forget what this process itself has removed."""
        self._index.remove(key)
        self._is_saved = False

    async def _poll(self) -> None:
        since, self._since = self._since, None  # after a failure it may be another server, with another clock
        with contextlib.suppress(self._expected):
            self._since = await self._read_changes(since or await self._read_all())
            if self._since is not None:
                self.as_of = clock.now()

    async def _read_all(self) -> datetime:
        """Since when changes must be asked for afterwards."""
        begun = await self._source.now()
        items: dict[str, Item] = {}
        async for some in self._source.all():
            items |= {self._kind.key_of(item): item for item in some}
        known = {self._kind.key_of(item): item for item in self._index.entries()}
        # what was put or removed meanwhile comes with the changes
        items |= {key: item for key, item in known.items() if self._kind.changed_at(item) >= begun}
        if items != known:
            self._index.take_over(list(items.values()))
            self._is_saved = False
        _log.info(f"{self._kind.name}.read", entries=len(items))
        return begun - _OVERLAP

    async def _read_changes(self, since: datetime) -> datetime | None:
        """Since when to ask the next time; None: there are more in one millisecond than are told at once."""
        begun = since
        while len(changes := await self._read_some(since)) == self._source.changes_max:
            if changes[-1].changed_at == since:
                return None
            since = changes[-1].changed_at
        newest = changes[-1].changed_at if changes else since
        return max(begun, newest - _OVERLAP)

    async def _read_some(self, since: datetime) -> Sequence[Change[Item]]:
        changes = await self._source.changes(since)
        for change in changes:
            self._apply(change)
        return changes

    def _apply(self, change: Change[Item]) -> None:
        """Leave out older news than what is known: this process may have put or removed it itself meanwhile."""
        known = self._index.get(change.key)
        if known is not None and self._kind.changed_at(known) > change.changed_at:
            return
        if change.item is None:
            if known is not None:
                self.forget(change.key)
        elif known != change.item:
            self.put(change.item)

    async def _save_now(self) -> None:
        if self._file is None or self._is_saved or self.as_of is None:
            return
        self._is_saved = True
        try:
            await asyncio.to_thread(write_snapshot, self._file, self._kind, self.as_of, self._index.entries())
        except OSError as error:
            _log.error(f"{self._kind.name}.not_saved", error=type(error).__name__)
            self._is_saved = False

    async def _prune(self) -> None:
        """Forget what counts no more: it takes room."""
        now = clock.LEDGER.best()
        for item in self._index.entries():
            if self._kind.is_over(item, now):
                self.forget(self._kind.key_of(item))
