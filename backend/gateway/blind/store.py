"""
What a gateway must not forget of its caps, on its own disk beside the journal: SQLite, synchronous=FULL.

    reserved   key · bucket · amount       see meter.py
    lease      id · share · cap · renewed_ms · has_company     one row, see leases.py
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from gateway.blind.meter import OUTAGE, Reservation

_log = structlog.get_logger()
_BUSY_S = 1.0
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
class Held:
    """
    The share of the cap per outage that this gateway holds.

    Attributes:
        lease_id: Whose it is: of this file, whatever process uses it.
        share: Hundredths that it may approve in one outage, in all.
        cap: Of which it is a share: the file may change it while the ledger is away.
        renewed_ms: When the ledger last confirmed it, on this machine's clock.
        has_company: Whether other gateways held shares then.
    """

    lease_id: str
    share: int = 0
    cap: int = 0
    renewed_ms: int = 0
    has_company: bool = False


class ExposureStore:
    """One connection, for one thread at a time. Everything may raise sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self._check()
        except BaseException:
            self._db.close()
            raise

    def _check(self) -> None:
        if self._db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")

    def close(self) -> None:
        """Also folds the write-ahead log into the file."""
        self._db.close()

    def begin(self) -> None:
        """Start a transaction that writes."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Durable when it returns."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget what the transaction did, if one is open."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

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

    def hold(self, held: Held) -> None:
        """Keep the lease."""
        self._db.execute(
            "INSERT OR REPLACE INTO lease (one, id, share, cap, renewed_ms, has_company) VALUES (1, ?, ?, ?, ?, ?)",
            (held.lease_id, held.share, held.cap, held.renewed_ms, held.has_company),
        )

    def held(self) -> Held | None:
        """The lease that was kept."""
        row = self._db.execute("SELECT id, share, cap, renewed_ms, has_company FROM lease").fetchone()
        return None if row is None else Held(row[0], row[1], row[2], row[3], bool(row[4]))


def open_store(directory: Path) -> ExposureStore:
    """
    The store of this gateway. A damaged file is put aside, and then this gateway has never held a share.

    Raises:
        OSError, sqlite3.Error: the disk does not take it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / _FILE
    try:
        return ExposureStore(path)
    except sqlite3.OperationalError:
        raise  # full, or not allowed: that says nothing about the file
    except sqlite3.DatabaseError:
        kept_as = f"{path}.damaged-{time.time_ns() // 1_000_000}"
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{kept_as}{suffix}")
        _log.error("exposure.damaged", kept_as=Path(kept_as).name)
        return ExposureStore(path)
