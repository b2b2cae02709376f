"""
Refuses a second process in a directory whose files belong to one.

The kernel gives the lock back however a process ends, so that who was killed can start again at once.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import structlog

_log = structlog.get_logger()
_WAIT_S = 2.0  # a predecessor that is stopping may need as long to let go


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
