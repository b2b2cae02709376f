"""Which of SQLite's errors say that a file is not what was written, and which speak of the disk or of other users."""

import sqlite3

_NOT_OF_THE_FILE = (
    sqlite3.OperationalError,
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
_CUT_SHORT = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, 8458})  # the latter: the file system itself calls it damaged
_WORDS = ("no such table", "Could not decode to UTF-8")


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
