"""
A file of the journal: SQLite, write-ahead log, synchronous=FULL, so that what was committed survives a power cut.

    verdicts   seq · id (unique) · digest · document (BSON) · seal · written_ms · sent_ms · poison

A row is pending until `sent_ms` says when the ledger got it or `poison` says why it never will. Sent rows stay for a
while as the memory of ids: dropping them at once gave contradicting verdicts. `seal` is a digest over the rest of what
was promised, so that a damaged row is noticed and not replayed.

For one thread at a time.
"""

import contextlib
import math
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gateway.kit.sqlite import Damaged, SqliteFile
from gateway.ledger.journal.rows import SELECT, SELECT_ALL, Counts, Row, Verdict, is_sealed, seal_of, to_row
from gateway.ledger.journal.tally import Pair

FILE = "verdicts.db"
BUSY_S = 5.0  # a copy by an operator may take seconds
PAGE_CACHE_KIB = 4096
_WALKED_MAX = 10_000_000  # a damaged number must not make the walk endless

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


class Store(SqliteFile):
    """
    One connection; see `SqliteFile`.

    Args:
        directory: Where the file is, or will be.
        file: Its name.
    """

    def __init__(self, directory: Path, file: str = FILE) -> None:
        super().__init__(directory / file, _SCHEMA)

    def put_all(self, verdicts: Sequence[Verdict]) -> list[Row]:
        """
        Keep each verdict unless there is one of its id; the rows that stand.

        One statement: each statement hands the interpreter's lock to the thread that answers requests, and back.
        """
        (newest,) = self._db.execute("SELECT MAX(seq) FROM verdicts").fetchone()
        now_ms = _now_ms()
        values = [value for verdict in verdicts for value in (*verdict, seal_of(*verdict), now_ms)]
        places = ", ".join(["(?, ?, ?, ?, ?)"] * len(verdicts))
        statement = "INSERT OR IGNORE INTO verdicts (id, digest, document, seal, written_ms) VALUES "
        inserted = self._db.execute(statement + places, values)
        if inserted.rowcount < len(verdicts):
            return self._rows_of(verdicts, newest=newest or 0)
        first = (inserted.lastrowid or 0) - len(verdicts) + 1
        return [
            Row(first + place, *verdict, is_sent=False, is_whole=True, written_ms=now_ms, is_new=True)
            for place, verdict in enumerate(verdicts)
        ]

    def _rows_of(self, verdicts: Sequence[Verdict], *, newest: int) -> list[Row]:
        """The rows of these ids; of those after `newest` the first of each id is new."""
        rows, seen = list[Row](), set[int]()
        for transaction_id, _, _ in verdicts:
            row = self.find(transaction_id)
            if row is None or not row.is_whole:
                raise Damaged("what stands under this id is not what was written")
            rows.append(row._replace(is_new=row.seq > newest and row.seq not in seen))
            seen.add(row.seq)
        return rows

    def adopt(self, seq: int | None, row: tuple[Any, ...]) -> bool:
        """Take over a whole row of another file, under its number or the next; False when its id is here already."""
        return is_sealed(*row[:4]) and bool(
            self._db.execute(
                "INSERT OR IGNORE INTO verdicts (seq, id, digest, document, seal, written_ms, sent_ms, poison) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, *row),
            ).rowcount
        )

    def find(self, transaction_id: str) -> Row | None:
        """The verdict kept for this id, pending or remembered; one that is not whole too."""
        return to_row(self._db.execute(f"{SELECT} WHERE id = ?", (transaction_id,)).fetchone())

    def ids(self) -> Iterator[str]:
        """Of all verdicts that are kept."""
        for (transaction_id,) in self._db.execute("SELECT id FROM verdicts"):
            yield transaction_id

    def pending(self, limit: int) -> list[Row]:
        """What the ledger does not have yet, oldest first; all of it whole."""
        found = self._db.execute(
            f"{SELECT} WHERE sent_ms IS NULL AND poison IS NULL ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()
        rows = [row for record in found if (row := to_row(record)) is not None]
        if not all(row.is_whole for row in rows):
            raise Damaged("a verdict that waits is not what was written")
        return rows

    def mark_sent(self, rows: Iterable[Row]) -> list[Row]:
        """The ledger has these. Returns those of which it was not known yet."""
        now_ms = _now_ms()
        update = "UPDATE verdicts SET sent_ms = ? WHERE seq = ? AND sent_ms IS NULL"
        return [row for row in rows if self._db.execute(update, (now_ms, row.seq)).rowcount == 1]

    def owed(self) -> set[Pair]:
        """What was acknowledged and is not in the ledger."""
        return set(
            self._db.execute(
                "SELECT id, written_ms FROM verdicts WHERE sent_ms IS NULL AND poison IS NULL "
                "UNION ALL SELECT id, written_ms FROM verdicts WHERE poison IS NOT NULL"
            )
        )

    def get(self, pair: Pair) -> Row | None:
        """This very verdict, if it is here and whole, whatever became of it."""
        row = self.find(pair[0])
        return row if row is not None and row.is_whole and row.written_ms == pair[1] else None

    def send_again(self, pair: Pair) -> None:
        """Nobody has said that the ledger has it, whatever stands here."""
        self._db.execute("UPDATE verdicts SET sent_ms = NULL WHERE id = ? AND written_ms = ?", pair)

    def date(self, pair: Pair) -> bool:
        """Give the whole verdict of this id the time that the tally knows, which no seal covers; False without one."""
        row = self.find(pair[0])
        if row is None or not row.is_whole:
            return False
        self._db.execute("UPDATE verdicts SET written_ms = ? WHERE seq = ?", (pair[1], row.seq))
        return True

    def rows(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """
        All rows that can still be read, as `adopt` takes them. Raises nothing: what no page is left for is skipped.

        By number and never by an index, so that a bad page costs what stands on it and no more.
        """
        for seq in self._numbers():
            try:
                row = self._db.execute(f"{SELECT_ALL} WHERE seq = ?", (seq,)).fetchone()
            except sqlite3.Error:
                continue
            if row is not None:
                yield row[0], row[1:]

    def _numbers(self) -> Iterable[int]:
        """Of all rows, or where the table's ends cannot be read, of those that wait, by their index."""
        end = "SELECT seq FROM verdicts NOT INDEXED ORDER BY seq {} LIMIT 1"
        with contextlib.suppress(sqlite3.Error):
            ends = [self._db.execute(end.format(order)).fetchone() for order in ("ASC", "DESC")]
            first, last = (found[0] if found is not None else 0 for found in ends)
            return range(first, min(last, first + _WALKED_MAX) + 1)
        with contextlib.suppress(sqlite3.Error):
            return [seq for (seq,) in self._db.execute("SELECT seq FROM verdicts WHERE sent_ms IS NULL ORDER BY seq")]
        return ()

    def set_aside(self, seq: int, why: str) -> None:
        """The ledger will never take this one; it stays here for people."""
        self._db.execute("UPDATE verdicts SET poison = ? WHERE seq = ?", (why, seq))

    def poison(self, limit: int) -> list[tuple[str, str]]:
        """Ids that were set aside, and why."""
        return self._db.execute(
            "SELECT id, poison FROM verdicts WHERE poison IS NOT NULL ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()

    def forget(self, *, sent_before_ms: int, remembered_max: int, bytes_max: int, limit: int) -> list[str]:
        """Drop sent rows that are too old, too many or too large together, oldest first; the ids that were dropped."""
        counts = self.counts()
        too_many = max(0, counts.remembered - remembered_max)
        if counts.used_bytes > bytes_max:
            rows = counts.remembered + counts.pending + counts.poison
            too_many = max(too_many, math.ceil(rows * (1 - bytes_max / counts.used_bytes)))
        dropped = self._db.execute(
            "DELETE FROM verdicts WHERE seq IN ("
            "SELECT seq FROM (SELECT seq, sent_ms, ROW_NUMBER() OVER (ORDER BY sent_ms, seq) AS place "
            "FROM (SELECT seq, sent_ms FROM verdicts WHERE sent_ms IS NOT NULL ORDER BY sent_ms, seq LIMIT ?)) "
            "WHERE sent_ms < ? OR place <= ?) RETURNING id",
            (limit, sent_before_ms, too_many),
        )
        return [transaction_id for (transaction_id,) in dropped.fetchall()]

    def counts(self) -> Counts:
        """From the indexes."""
        pending, oldest_seq = self._db.execute(
            "SELECT COUNT(*), MIN(seq) FROM verdicts WHERE sent_ms IS NULL AND poison IS NULL"
        ).fetchone()
        (poison,) = self._db.execute("SELECT COUNT(*) FROM verdicts WHERE poison IS NOT NULL").fetchone()
        (remembered,) = self._db.execute("SELECT COUNT(*) FROM verdicts WHERE sent_ms IS NOT NULL").fetchone()
        oldest = self._db.execute("SELECT written_ms FROM verdicts WHERE seq = ?", (oldest_seq,)).fetchone()
        return Counts(pending, poison, remembered, oldest[0] if oldest else None, self.used_bytes)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def free_bytes(directory: Path) -> int:
    """What an unprivileged process may still write there."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize
