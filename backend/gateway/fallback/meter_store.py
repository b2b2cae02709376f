"""
What a gateway must not forget of its caps, on its own disk beside the journal: SQLite, synchronous=FULL.

    reserved   key · bucket · amount       see meter.py
    lease      id · share · cap · renewed_ms · has_company     one row, see quota.py
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from gateway.fallback.meter import OUTAGE, Reservation
from gateway.kit.sqlite import SqliteFile, is_damage, set_aside

_log = structlog.get_logger()
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
        """All that is kept."""
        return [Reservation(*row) for row in self._db.execute("SELECT key, bucket, amount FROM reserved")]

    def end_outage(self) -> None:
        """What counts per outage is forgotten."""
        self._db.execute("DELETE FROM reserved WHERE bucket = ?", (OUTAGE,))

    def forget_before(self, bucket: int) -> None:
        """What no hour reaches any more is forgotten."""
        self._db.execute("DELETE FROM reserved WHERE bucket > ? AND bucket < ?", (OUTAGE, bucket))

    def store_lease(self, stored: StoredLease) -> None:
        """Keep the lease."""
        self._db.execute(
            "INSERT OR REPLACE INTO lease (one, id, share, cap, renewed_ms, has_company) VALUES (1, ?, ?, ?, ?, ?)",
            (stored.lease_id, stored.share, stored.cap, stored.renewed_ms, stored.has_company),
        )

    def stored(self) -> StoredLease | None:
        """The lease that was kept."""
        row = self._db.execute("SELECT id, share, cap, renewed_ms, has_company FROM lease").fetchone()
        return None if row is None else StoredLease(row[0], row[1], row[2], row[3], bool(row[4]))


def open_store(directory: Path) -> ExposureStore:
    """
    The store of this gateway. A damaged file is put aside, and then this gateway has never had a quota.

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
