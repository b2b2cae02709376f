"""
What was approved blind, by cap and key, and how much of that is safe on disk. The meter is pure: no clock, no I/O.

An amount is taken in memory first, so that no two payments at once can pass a limit together, and counts once as
much is reserved on disk. Reservations are made in chunks: most payments find room in one. After a kill -9 the whole
reservation counts as spent, so nothing that was spent is ever forgotten.

The store is SQLite, synchronous=FULL, beside the journal:

    reserved   key · bucket · amount
    lease      id · share · cap · renewed_ms · has_company     one row, see quota.py
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from msgspec import Struct

from gateway.fallback.policy import Cap
from gateway.kit.sqlite import SqliteFile, is_damage, set_aside

_log = structlog.get_logger()
BUCKET_S = 300  # of an hour's window
_WINDOW_BUCKETS = 13  # an hour, begun at any moment, lies within 13 of them: at most 65 minutes are added up
OUTAGE = -1  # the bucket of what counts until the outage is over
ENTRIES_MAX = 200_000  # about 50 MB; past it nobody new is approved
_FILE = "exposure-0.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reserved (
    key TEXT NOT NULL, bucket INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (key, bucket)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_bucket ON reserved (bucket);
CREATE TABLE IF NOT EXISTS lease (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, share INTEGER NOT NULL, cap INTEGER NOT NULL,
    renewed_ms INTEGER NOT NULL, has_company INTEGER NOT NULL
);
"""


class Claim(Struct, frozen=True, gc=False):
    """A limit that a payment has to stay below, in hundredths of the reference currency."""

    cap: Cap
    key: str
    limit: int
    chunk: int  # reserved at once
    is_hourly: bool


class Reservation(Struct, frozen=True, gc=False):
    """What must be on disk before a payment counts; also how it is kept there."""

    key: str
    bucket: int
    amount: int


class _Entry(Struct, gc=False):
    spent: int
    asked: int  # reserved, or on its way to the disk
    safe: int  # reserved on disk


class Taken(Struct, frozen=True, gc=False):
    """An amount taken from every cap that it counts for. Say `confirm` once all of `wanted` is on disk, or `undo`."""

    amount: int
    entries: tuple[_Entry, ...]
    wanted: tuple[Reservation, ...]

    def confirm(self) -> None:
        """Note that the reservations are on disk."""
        for entry, reservation in zip(self.entries, self.wanted, strict=True):
            entry.safe = max(entry.safe, reservation.amount)

    def undo(self) -> None:
        """Give the amount back: the payment was not approved after all."""
        for entry in self.entries:
            entry.spent -= self.amount

    @property
    def is_safe(self) -> bool:
        """Whether earlier reservations cover it."""
        return all(entry.spent <= entry.safe for entry in self.entries)


class Meter:
    """For one event loop: nothing here awaits, so nothing needs a lock."""

    def __init__(self) -> None:
        self._buckets: dict[int, dict[str, _Entry]] = {}

    def restore(self, reservations: Iterable[Reservation]) -> None:
        """Take over what is on disk after a start: all that was reserved may have been spent."""
        for kept in reservations:
            entry = _Entry(kept.amount, kept.amount, kept.amount)
            self._buckets.setdefault(kept.bucket, {})[kept.key] = entry

    def spent(self, key: str) -> int:
        """Say what was spent of a cap per outage."""
        entry = self._buckets.get(OUTAGE, {}).get(key)
        return 0 if entry is None else entry.spent

    def committed(self, key: str) -> int:
        """Say what a crash would make count as spent of a cap per outage: the rest of what is reserved, too."""
        entry = self._buckets.get(OUTAGE, {}).get(key)
        return 0 if entry is None else max(entry.spent, entry.asked)

    @property
    def keys(self) -> int:
        """How many of them are remembered, each hour's bucket for itself."""
        return sum(len(entries) for entries in self._buckets.values())

    def take(self, amount: int, claims: Sequence[Claim], *, now_s: float) -> Taken | Cap:
        """
        Take an amount from every cap, or from none.

        Returns:
            The first cap that it does not fit under.
        """
        if amount == 0:  # nothing is spent, and nothing to remember
            return Taken(0, (), ())
        bucket = int(now_s // BUCKET_S)
        for claim in claims:
            if self._used(claim, bucket) + amount > claim.limit:
                return claim.cap
        if self.keys + len(claims) > ENTRIES_MAX and not self._knows(claims, bucket):
            return claims[0].cap
        entries, wanted = [], []
        for claim in claims:
            own_bucket = bucket if claim.is_hourly else OUTAGE
            entry = self._buckets.setdefault(own_bucket, {}).setdefault(claim.key, _Entry(0, 0, 0))
            room = claim.limit - self._used(claim, bucket)  # of this very moment, the amount included
            entry.spent += amount
            if entry.spent > entry.asked:
                entry.asked = entry.spent + min(claim.chunk, room - amount)
            entries.append(entry)
            wanted.append(Reservation(claim.key, own_bucket, entry.asked))
        return Taken(amount, tuple(entries), tuple(wanted))

    def end_outage(self) -> None:
        """Forget what counts per outage."""
        self._buckets.pop(OUTAGE, None)

    def forget_before(self, now_s: float) -> int:
        """Drop what no hour reaches any more; the first bucket that is kept."""
        first = int(now_s // BUCKET_S) - _WINDOW_BUCKETS + 1
        for bucket in [b for b in self._buckets if OUTAGE < b < first]:
            del self._buckets[bucket]
        return first

    def _used(self, claim: Claim, bucket: int) -> int:
        if not claim.is_hourly:
            return self.spent(claim.key)
        first = bucket - _WINDOW_BUCKETS + 1  # later ones count too: a clock that was set back forgives nothing
        used = 0
        for number, entries in self._buckets.items():
            if number >= first and number != OUTAGE and (entry := entries.get(claim.key)) is not None:
                used += entry.spent
        return used

    def _knows(self, claims: Sequence[Claim], bucket: int) -> bool:
        return all(claim.key in self._buckets.get(bucket if claim.is_hourly else OUTAGE, {}) for claim in claims)


@dataclass(frozen=True, slots=True)
class StoredLease:
    """
    The lease on this gateway's quota, as it is on disk.

    Attributes:
        lease_id: Whose it is: of this file, whatever process uses it.
        share: Hundredths that it may approve in one outage, in all.
        cap: Of which it is a share: the file may change it while the ledger is away.
        renewed_ms: When the ledger last confirmed it, on this machine's clock.
        has_company: Whether other gateways had leases then.
    """

    lease_id: str
    share: int = 0
    cap: int = 0
    renewed_ms: int = 0
    has_company: bool = False


class ExposureStore(SqliteFile):
    """One connection; see `SqliteFile`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)

    def reserve(self, reservations: Iterable[Reservation]) -> None:
        """Keep these, each at its highest."""
        self._db.executemany(
            "INSERT INTO reserved (key, bucket, amount) VALUES (?, ?, ?) "
            "ON CONFLICT (key, bucket) DO UPDATE SET amount = max(amount, excluded.amount)",
            [(kept.key, kept.bucket, kept.amount) for kept in reservations],
        )

    def reserved(self) -> list[Reservation]:
        """Read all that is kept."""
        return [Reservation(*row) for row in self._db.execute("SELECT key, bucket, amount FROM reserved")]

    def end_outage(self) -> None:
        """Forget what counts per outage."""
        self._db.execute("DELETE FROM reserved WHERE bucket = ?", (OUTAGE,))

    def forget_before(self, bucket: int) -> None:
        """Forget what no hour reaches any more."""
        self._db.execute("DELETE FROM reserved WHERE bucket > ? AND bucket < ?", (OUTAGE, bucket))

    def store_lease(self, stored: StoredLease) -> None:
        """Keep the lease."""
        self._db.execute(
            "INSERT OR REPLACE INTO lease (one, id, share, cap, renewed_ms, has_company) VALUES (1, ?, ?, ?, ?, ?)",
            (stored.lease_id, stored.share, stored.cap, stored.renewed_ms, stored.has_company),
        )

    def stored(self) -> StoredLease | None:
        """Read the lease that was kept."""
        row = self._db.execute("SELECT id, share, cap, renewed_ms, has_company FROM lease").fetchone()
        return None if row is None else StoredLease(row[0], row[1], row[2], row[3], bool(row[4]))


def open_store(directory: Path) -> ExposureStore:
    """
    Open the store of this gateway. A damaged file is put aside, and then this gateway has never had a quota.

    Raises:
        OSError, sqlite3.Error: the disk does not take it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / _FILE
    try:
        store = ExposureStore(path)
        if store.is_sound():
            return store
        store.close()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    _log.error("exposure.damaged", kept_as=set_aside(path).name)
    return ExposureStore(path)
