"""Locks between processes, on files. The kernel gives them back however a process ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT_S = 1.0  # what is done under such a lock takes a millisecond


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process after the other; the file is made. Raises BlockingIOError when another one takes too long."""
    deadline_s = time.monotonic() + _WAIT_S
    with lock.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline_s:
                    raise
            time.sleep(0.01)
        yield


@contextmanager
def unless_held(lock: Path) -> Iterator[None]:
    """Nobody takes it meanwhile. Raises BlockingIOError when somebody has it, OSError when it is not there."""
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


def is_held(lock: Path) -> bool:
    """Whether a process has it. Raises OSError when it is not there."""
    try:
        with unless_held(lock):
            return False
    except BlockingIOError:
        return True
