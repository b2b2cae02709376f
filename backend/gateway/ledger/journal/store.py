"""
The journal's file: SQLite, write-ahead log, synchronous=FULL, so that what was committed survives a power cut.

    verdicts   seq · id (unique) · digest · document (BSON) · seal · written_ms · sent_ms · poison

A row is pending until `sent_ms` says when the ledger got it or `poison` says why it never will. Sent rows stay for a
while as the memory of ids: dropping them at once gave contradicting verdicts. `seal` is a digest over the rest of what
was promised, so that a damaged row is noticed and not replayed.

For one thread at a time. Several processes may each have one of the same file: workers share a journal.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "verdicts.db"
BUSY_S = 5.0  # another worker's commit takes milliseconds; a copy by an operator may take seconds
SEAL_BYTES = 8
PAGE_CACHE_KIB = 4096

_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    document BLOB NOT NULL,
    seal BLOB NOT NULL,
    written_ms INTEGER NOT NULL,
    sent_ms INTEGER,
    poison TEXT
);
CREATE INDEX IF NOT EXISTS pending ON verdicts (seq) WHERE sent_ms IS NULL AND poison IS NULL;
CREATE INDEX IF NOT EXISTS sent ON verdicts (sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS poisoned ON verdicts (seq) WHERE poison IS NOT NULL;
"""


Verdict = tuple[str, bytes, bytes]  # transaction id, digest of the request, document


@dataclass(frozen=True, slots=True)
class Row:
    """
    One verdict in the journal.

    Attributes:
        document: BSON, as it will stand in the ledger.
        is_sent: Whether the ledger has it.
        is_whole: Whether it is what was written.
    """

    seq: int
    transaction_id: str
    digest: bytes
    document: bytes
    is_sent: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the journal; `oldest_pending_ms` is a time, None when nothing waits."""

    pending: int
    poison: int
    remembered: int
    oldest_pending_ms: int | None


class Store:
    """
    One connection. Everything may raise sqlite3.Error; what is written counts once `commit` has returned.

    Args:
        directory: Where the file is, or will be.
        file: Its name.
        is_durable: False for what need not survive a power cut, only the end of the process: it costs no fsync.
    """

    def __init__(self, directory: Path, file: str = FILE, *, is_durable: bool = True) -> None:
        self._db = sqlite3.connect(
            directory / file, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'OFF'}")
            self._db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
            self._db.executescript(_SCHEMA)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Also folds the write-ahead log into the file, when it is the last connection."""
        self._db.close()

    def is_sound(self) -> bool:
        """Whether SQLite finds the file in order. Reads all of it: 1 s for some hundred megabytes."""
        return bool(self._db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))

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

    def put(self, transaction_id: str, digest: bytes, document: bytes) -> Row:
        """Keep this verdict unless there is one; the row that stands."""
        self._db.execute(
            "INSERT INTO verdicts (id, digest, document, seal, written_ms) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING",
            (transaction_id, digest, document, _seal(transaction_id, digest, document), _now_ms()),
        )
        row = self.find(transaction_id)
        if row is not None and not row.is_whole:  # nobody can be given what it says: out of the way, for people
            self._db.execute(
                "UPDATE verdicts SET id = id || '#' || seq, poison = 'the disk changed it' WHERE seq = ?", (row.seq,)
            )
            return self.put(transaction_id, digest, document)
        if row is None:
            raise sqlite3.DatabaseError("a row that was just written is not there")
        return row

    def intend(self, verdicts: Iterable[Verdict]) -> None:
        """Keep verdicts that are about to be sent to the ledger, unless one of their id was sent before."""
        now_ms = _now_ms()
        self._db.executemany(
            "INSERT OR IGNORE INTO verdicts (id, digest, document, seal, written_ms) VALUES (?, ?, ?, ?, ?)",
            [(*verdict, _seal(*verdict), now_ms) for verdict in verdicts],
        )

    def remember(self, verdicts: Iterable[Verdict]) -> None:
        """Keep verdicts that stand in the ledger, in the place of whatever is here under their ids."""
        now_ms = _now_ms()
        self._db.executemany(
            "INSERT INTO verdicts (id, digest, document, seal, written_ms, sent_ms) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, document = excluded.document, "
            "seal = excluded.seal, sent_ms = excluded.sent_ms",
            [(*verdict, _seal(*verdict), now_ms, now_ms) for verdict in verdicts],
        )

    def trim(self, rows_max: int) -> None:
        """Drop all but the newest rows, whatever became of them."""
        self._db.execute("DELETE FROM verdicts WHERE seq <= (SELECT MAX(seq) FROM verdicts) - ?", (rows_max,))

    def adopt(self, seq: int, row: tuple[Any, ...]) -> bool:
        """Take over a row of another file as it is, its own seal included; False when its id is here already."""
        return bool(
            self._db.execute(
                "INSERT OR IGNORE INTO verdicts (seq, id, digest, document, seal, written_ms, sent_ms, poison) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, *row),
            ).rowcount
        )

    def find(self, transaction_id: str) -> Row | None:
        """The verdict kept for this id, pending or remembered; damaged ones too."""
        return _to_row(self._db.execute(f"{_SELECT} WHERE id = ?", (transaction_id,)).fetchone())

    def pending(self, limit: int) -> list[Row]:
        """What the ledger does not have yet, oldest first."""
        found = self._db.execute(
            f"{_SELECT} WHERE sent_ms IS NULL AND poison IS NULL ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()
        return [row for record in found if (row := _to_row(record)) is not None]

    def mark_sent(self, seqs: Iterable[int]) -> None:
        """The ledger has these."""
        self._db.executemany(
            "UPDATE verdicts SET sent_ms = ? WHERE seq = ? AND sent_ms IS NULL", [(_now_ms(), seq) for seq in seqs]
        )

    def set_aside(self, seq: int, why: str) -> None:
        """The ledger will never take this one; it stays here for people."""
        self._db.execute("UPDATE verdicts SET poison = ? WHERE seq = ?", (why, seq))

    def poison(self, limit: int) -> list[tuple[str, str]]:
        """Ids that were set aside, and why."""
        return self._db.execute(
            "SELECT id, poison FROM verdicts WHERE poison IS NOT NULL ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()

    def forget(self, *, sent_before_ms: int, remembered_max: int, limit: int) -> int:
        """Drop sent rows that are too old or too many, oldest first; how many were dropped."""
        too_many = max(0, self.counts().remembered - remembered_max)
        return self._db.execute(
            "DELETE FROM verdicts WHERE seq IN ("
            "SELECT seq FROM (SELECT seq, sent_ms, ROW_NUMBER() OVER (ORDER BY sent_ms, seq) AS place "
            "FROM (SELECT seq, sent_ms FROM verdicts WHERE sent_ms IS NOT NULL ORDER BY sent_ms, seq LIMIT ?)) "
            "WHERE sent_ms < ? OR place <= ?)",
            (limit, sent_before_ms, too_many),
        ).rowcount

    def counts(self) -> Counts:
        """From the indexes."""
        pending, oldest_seq = self._db.execute(
            "SELECT COUNT(*), MIN(seq) FROM verdicts WHERE sent_ms IS NULL AND poison IS NULL"
        ).fetchone()
        (poison,) = self._db.execute("SELECT COUNT(*) FROM verdicts WHERE poison IS NOT NULL").fetchone()
        (remembered,) = self._db.execute("SELECT COUNT(*) FROM verdicts WHERE sent_ms IS NOT NULL").fetchone()
        oldest = self._db.execute("SELECT written_ms FROM verdicts WHERE seq = ?", (oldest_seq,)).fetchone()
        return Counts(pending, poison, remembered, oldest[0] if oldest else None)


_SELECT = "SELECT seq, id, digest, document, seal, sent_ms FROM verdicts"


def _to_row(record: tuple[int, str, bytes, bytes, bytes, int | None] | None) -> Row | None:
    if record is None:
        return None
    seq, transaction_id, digest, document, seal, sent_ms = record
    return Row(
        seq, transaction_id, digest, document, sent_ms is not None, seal == _seal(transaction_id, digest, document)
    )


def _seal(transaction_id: str, digest: bytes, document: bytes) -> bytes:
    return hashlib.sha256(b"\x00".join((transaction_id.encode(), digest, document))).digest()[:SEAL_BYTES]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def free_bytes(directory: Path) -> int:
    """What an unprivileged process may still write there."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize
