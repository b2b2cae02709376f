"""A file of SQLite whose transactions survive a power cut, and what a damaged one becomes."""

import contextlib
import os
import sqlite3
from pathlib import Path

from gateway.kit.files import DAMAGED

_NOT_OF_THE_FILE = (
    sqlite3.OperationalError,
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
_CUT_SHORT = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, 8458})  # the latter: the file system itself calls it damaged
_WORDS = ("no such table", "Could not decode to UTF-8")
BUSY_S = 5.0  # another's commit takes milliseconds; a copy by an operator may take seconds
PAGE_CACHE_KIB = 4096


class Damaged(sqlite3.DatabaseError):
    """The file is not what was written, although SQLite has found nothing."""


def is_damage(error: BaseException) -> bool:
    """Whether a new file has to take the place of this one."""
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    if not isinstance(error, _NOT_OF_THE_FILE):
        return True
    return getattr(error, "sqlite_errorcode", None) in _CUT_SHORT or str(error).startswith(_WORDS)


def is_locked(error: BaseException) -> bool:
    """Whether somebody else has the file: it is taken when they let go of it."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_full(error: BaseException) -> bool:
    """Whether the disk took nothing of it for want of room."""
    return isinstance(error, sqlite3.OperationalError) and "full" in str(error)


class SqliteFile:
    """
    One connection, for one thread at a time, with a write-ahead log. Everything may raise sqlite3.Error.

    What is written counts once `commit` has returned.

    Args:
        schema: Statements that make what is not there yet.
        is_durable: False for what need not survive a power cut, only the end of the process: it costs no fsync.
    """

    def __init__(self, path: Path, schema: str, *, is_durable: bool = True) -> None:
        self.path = path
        self._db = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'OFF'}")
            self._db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
            self._db.executescript(schema)
        except BaseException:
            self._db.close()
            raise
        self._parts = [(part, part.stat()) for part in parts(path) if part.exists()]

    @property
    def is_in_place(self) -> bool:
        """Whether the file, its log and its index still have their names: who deletes them leaves us the only copy."""
        try:
            return all(os.path.samestat(part.stat(), as_opened) for part, as_opened in self._parts)
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go of the file, and fold its write-ahead log into it when this is the last connection."""
        self._db.close()

    def is_sound(self) -> bool:
        """Whether SQLite finds the file in order. Reads all of it: 1 s for some hundred megabytes."""
        try:
            return bool(self._db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                return False
            raise

    def begin(self) -> None:
        """Start a transaction that writes."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """End the transaction; it is durable when this returns."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget what the transaction did, if one is open."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    @property
    def used_bytes(self) -> int:
        """What is in the file: the pages that are not free."""
        (pages,), (free,), (size,) = (
            self._db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def parts(file: Path) -> tuple[Path, Path, Path]:
    """List the file, its write-ahead log and the index of that."""
    return file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def remove(file: Path) -> None:
    """Delete a file with its log. Raises OSError."""
    for part in parts(file):
        part.unlink(missing_ok=True)


def set_aside(file: Path) -> Path:
    """Keep a damaged file and its log for people, in the place of the one before; its new name. Raises OSError."""
    kept_as = file.with_name(f"{file.name}{DAMAGED}")
    remove(kept_as)
    for part, kept in zip(parts(file), parts(kept_as), strict=True):
        with contextlib.suppress(FileNotFoundError):
            part.replace(kept)
    return kept_as
