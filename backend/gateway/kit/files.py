"""
Files that a power cut leaves as they were or as they are to be, and never in between.

A checked file is believed only as a whole, too: its first line is the SHA-256 of the rest. A damaged one is set aside
and reported. A directory whose files belong to one process refuses a second: the kernel gives its lock back however a
process ends, so that who was killed can start again at once.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
import structlog

_log = structlog.get_logger()
DRAFT = ".draft"  # ends the name of what was not finished: nobody was told that it is kept
DAMAGED = ".damaged"
T = TypeVar("T")
_WAIT_S = 2.0  # a predecessor that is stopping may need as long to let go


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """
    Replace the file, durably.

    Raises:
        OSError: the disk does not take it; the old one stays.
    """
    draft = path.with_name(f"{path.name}{DRAFT}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move_file(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def move_file(source: Path, target: Path) -> None:
    """Give a file another name in its directory, durably, in the place of what has that name. Raises OSError."""
    source.replace(target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def append_to_file(path: Path, content: bytes) -> None:
    """Add to the end of the file, durably; it is made when it is not there. Raises OSError."""
    with path.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def set_aside(path: Path) -> Path:
    """Keep a damaged file for people, in the place of the one before; its new name. Raises OSError."""
    kept_as = path.with_name(f"{path.name}{DAMAGED}")
    path.replace(kept_as)
    return kept_as


def write_checked(path: Path, body: bytes) -> None:
    """
    Replace the file, durably, for the eyes of this user only.

    Raises:
        OSError: the disk does not take it; the old one stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def read_checked(path: Path, decode: Callable[[bytes], T], *, event: str) -> T | None:
    """
    Read what the file says; None where there is none, or none that can be believed.

    Args:
        decode: Of the body; raises msgspec.MsgspecError for what another version wrote.
        event: Begins the names of log events, such as "lists.snapshot".
    """
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.error(f"{event}_unreadable", error=type(error).__name__)
        return None
    try:
        if hashlib.sha256(body).hexdigest().encode() == digest:
            return decode(body)
    except msgspec.MsgspecError:
        pass  # whole, and of another version
    try:
        kept_as = set_aside(path)
    except OSError as error:
        _log.error(f"{event}_unreadable", error=type(error).__name__)
        return None
    _log.error(f"{event}_damaged", kept_as=kept_as.name)
    return None


class AlreadyRunning(Exception):
    """Another process holds this directory. Its message says what to do instead."""


@contextmanager
def alone_in(directory: Path, *, service: str, advice: str) -> Iterator[None]:
    """
    Hold the directory, so that no other process of this service works with it meanwhile.

    A disk that refuses stops nobody: that is logged, and nothing is held.

    Args:
        service: Names the lock's file and the log's events.
        advice: What to do instead of a second process.

    Raises:
        AlreadyRunning: another process has held it for two seconds.
    """
    with ExitStack() as held:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _lock(held.enter_context((directory / f"{service}.lock").open("ab")))
        except BlockingIOError:
            _log.error(f"{service}.already_running", directory=str(directory), advice=advice)
            raise AlreadyRunning(advice) from None
        except OSError as error:
            _log.error(f"{service}.not_locked", directory=str(directory), error=type(error).__name__)
        yield


def _lock(file: BinaryIO) -> None:
    deadline_s = time.monotonic() + _WAIT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline_s:
                raise
        time.sleep(0.05)
