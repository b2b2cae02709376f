"""
A number for this process among the workers that share a directory, so that each has files of its own there.

The kernel gives the lock back however a process ends: who was killed finds its own files again.
"""

import fcntl
import os
from pathlib import Path

_SLOTS_MAX = 64


class WorkerSlot:
    """
    Taken until `release`; `<name>-<number>.lock` is the lock.

    Raises:
        OSError: the directory cannot be written, or all slots are taken.
    """

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(_SLOTS_MAX):
            lock = os.open(directory / f"{name}-{number}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
            else:
                self._lock = lock
                self._path = directory / f"{name}-{number}"
                return
        raise OSError(f"{_SLOTS_MAX} processes use this directory already")

    def path(self, suffix: str) -> Path:
        """A file of this slot, such as of the suffix ".db"."""
        return self._path.with_name(self._path.name + suffix)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._lock)
