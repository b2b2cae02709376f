"""
What was read of the chains, on disk and in order, so that millions of records are verified in bounded memory.

A SQLite file in a temporary directory, about 200 bytes an entry while they are sorted; gone when it is closed.
Everything may raise sqlite3.Error: no room.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from audit.findings import Link
from gateway.ledger.audit_chain import Entry, Head

_CACHE_KIB = 65_536

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE links (link INTEGER PRIMARY KEY, writer TEXT NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE entries (id TEXT NOT NULL, kind TEXT NOT NULL, leaf BLOB NOT NULL, link INTEGER NOT NULL);
CREATE TABLE seen (source TEXT NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Committed:
    """An entry, and the document of a chain that has it."""

    entry: Entry
    link: Link


class Scratch:
    """For one verification and one thread; a context manager."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="sentinel-verify-")
        self._db = sqlite3.connect(Path(self._directory.name) / "chains.db", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        self._db.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._directory.cleanup()

    def add_link(self, link: int, head: Head, entries: Iterable[Entry]) -> None:
        """One document of a chain, by a number of its own, with its entries."""
        self._db.execute("INSERT INTO links VALUES (?, ?, ?, ?)", (link, head.writer, head.seq, head.digest))
        self._db.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?)", [(e.transaction_id, e.kind, e.leaf, link) for e in entries]
        )

    def add_seen(self, source: str, heads: Iterable[Head]) -> None:
        """Somebody has seen these documents, and says so."""
        self._db.executemany(
            "INSERT INTO seen VALUES (?, ?, ?, ?)", [(source, h.writer, h.seq, h.digest) for h in heads]
        )

    def heads(self) -> list[Head]:
        """The last document of each writer."""
        rows = self._db.execute("SELECT writer, MAX(seq), digest FROM links GROUP BY writer ORDER BY writer")
        return [Head(*row) for row in rows]

    def unlike_seen(self) -> Iterator[tuple[str, Link, bool]]:
        """Documents that are not as somebody saw them: who, which, and whether there is another in its place."""
        self._db.execute("CREATE INDEX place ON links (writer, seq)")
        rows = self._db.execute(
            "SELECT s.source, s.writer, s.seq, l.digest IS NOT NULL FROM seen s "
            "LEFT JOIN links l ON l.writer = s.writer AND l.seq = s.seq "
            "WHERE l.digest IS NOT s.digest ORDER BY s.writer, s.seq, s.source"
        )
        for source, writer, seq, is_there in rows:
            yield source, Link(writer, seq), bool(is_there)

    def entries(self) -> Iterator[Committed]:
        """All entries by transaction id, in MongoDB's order, then writer by writer as they were committed."""
        rows = self._db.execute(
            "SELECT e.id, e.kind, e.leaf, l.writer, l.seq FROM entries e JOIN links l ON l.link = e.link "
            "ORDER BY e.id, e.link"
        )
        for transaction_id, kind, leaf, writer, seq in rows:
            yield Committed(Entry(transaction_id, kind, leaf), Link(writer, seq))
