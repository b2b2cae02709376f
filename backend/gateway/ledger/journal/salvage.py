"""What to do with a damaged file: put it aside, keep what can still be read, say what happened."""

import sqlite3
import time
from pathlib import Path

import structlog

from gateway.ledger.journal.store import FILE, Store

_log = structlog.get_logger()
_ROWS_MAX = 10_000_000  # a damaged number must not make the walk endless


def open_soundly(directory: Path) -> Store:
    """
    The journal of this directory, made when it is not there. A damaged file is replaced by what it still holds.

    The damaged one stays beside it under another name, for people.

    Raises:
        OSError, sqlite3.Error: the directory cannot be written, or the disk is full.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        store = Store(directory)
        if store.is_sound():
            return store
        store.close()
    except sqlite3.OperationalError:
        raise  # full, locked or not allowed: that says nothing about the file
    except sqlite3.DatabaseError:
        pass
    return _salvage(directory)


def _salvage(directory: Path) -> Store:
    damaged = directory / f"{FILE}.damaged-{time.time_ns() // 1_000_000}"
    for suffix in ("", "-wal", "-shm"):
        part = directory / f"{FILE}{suffix}"
        if part.exists():
            part.replace(f"{damaged}{suffix}")
    store = Store(directory)
    store.begin()
    saved, lost = _copy(damaged, store)
    store.commit()
    _log.error("journal.damaged", kept_as=damaged.name, saved=saved, lost_at_least=lost)
    return store


def _end(source: sqlite3.Connection, order: str) -> int:
    """The first or last row's number. MIN and MAX would walk the index of ids, which may be what is damaged."""
    found = source.execute(f"SELECT seq FROM verdicts NOT INDEXED ORDER BY seq {order} LIMIT 1").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _copy(damaged: Path, store: Store) -> tuple[int, int]:
    """Row by row by its number, never through an index, so that one bad page costs what stands on it and no more."""
    saved = lost = 0
    try:
        source = sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)
        first, last = _end(source, "ASC"), _end(source, "DESC")
    except sqlite3.DatabaseError:
        return 0, 1
    with source:
        for seq in range(first, min(last, first + _ROWS_MAX) + 1):
            try:
                row = source.execute(
                    "SELECT id, digest, document, seal, written_ms, sent_ms, poison FROM verdicts WHERE seq = ?", (seq,)
                ).fetchone()
            except sqlite3.DatabaseError:
                lost += 1
            else:
                saved += row is not None and store.adopt(seq, row)
    source.close()
    return saved, lost
