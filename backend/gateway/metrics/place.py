"""
Where one worker's counters are, so that any worker of the gateway can answer a scrape for all of them.

prometheus_client shares counters through mapped files. Ours are in /dev/shm and on no disk: to touch a mapped page of
a full disk can end the process (SIGBUS), and one of a disk that stands still can stop it. In memory that was allocated
beforehand neither happens, so that metrics never cost a verdict.

    /dev/shm/sentinel-<uid>/
        lock                         held while somebody moves in or out
        <digest of the journal's directory>/       one gateway: its workers share that
            0.lock                   held for life by the worker that has place 0
            counter_0.db, ...        prometheus_client's, of that place

Who takes over a dead worker's place goes on counting in its files: nothing falls, and nothing grows. Where no worker
is left the files go, with the last one that ends properly or else when any gateway starts: counters begin at 0 again.
"""

import fcntl
import hashlib
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from gateway.metrics.locks import alone, is_held, unless_held

_PLACES_MAX = 128  # workers of one gateway
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (checked below to be ours alone)
# much more than all families of families.py need: a file that had to grow would be allocated only when touched
FILE_BYTES = {"counter": 192 * 1024, "histogram": 32 * 1024, "gauge_livesum": 8 * 1024}


class Place:
    """
    Taken for as long as this process lives.

    Attributes:
        directory: Of the gateway: the files of all its workers.
        number: Of this worker among them.
    """

    def __init__(self, directory: Path, number: int, lock: int) -> None:
        self.directory = directory
        self.number = number
        self._lock = lock

    @property
    def is_there(self) -> bool:
        """
        Whether its files still have their names: who logs out may lose them (RemoveIPC= of systemd-logind).

        The names alone say nothing: a worker that starts afterwards takes the same ones for files of its own.
        """
        try:
            named = (self.directory / f"{self.number}.lock").stat()
        except OSError:
            return False
        return os.path.samestat(named, os.fstat(self._lock))

    def close(self) -> None:
        """Move out; the last one takes the files along. Raises OSError."""
        with alone(self.directory.parent / "lock"):
            os.close(self._lock)
            if not _is_inhabited(self.directory):
                shutil.rmtree(self.directory)

    def forget_gauges_of_the_dead(self) -> None:
        """How something stood with a worker that is gone says nothing any more. What it counted stays."""
        for gauges in self.directory.glob("gauge_live*_*.db"):
            number = gauges.stem.rpartition("_")[2]
            with suppress(OSError), unless_held(self.directory / f"{number}.lock"):
                gauges.unlink()


def move_in(journal_dir: Path, shared_memory: Path = SHARED_MEMORY) -> Place:
    """
    A place for this process among the workers of its gateway.

    Args:
        journal_dir: What they have in common, and other gateways of this machine have not.
        shared_memory: Where files are in memory; tests have their own.

    Raises:
        OSError: there is no such thing here, it is full, or somebody else owns our name in it.
    """
    house = shared_memory / f"sentinel-{os.getuid()}"
    _make_private(house)
    with alone(house / "lock"):
        for directory in house.iterdir():
            if directory.is_dir() and not _is_inhabited(directory):
                shutil.rmtree(directory)
        own = house / hashlib.sha256(bytes(journal_dir.resolve())).hexdigest()[:16]
        own.mkdir(mode=0o700, exist_ok=True)
        return _take_place(own)


def _make_private(directory: Path) -> None:
    """Anybody may write to shared memory, and choose this name before us."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{directory.name} is not this user's alone")


def _take_place(directory: Path) -> Place:
    for number in range(_PLACES_MAX):
        lock = os.open(directory / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for kind, size in FILE_BYTES.items():
                _allocate(directory / f"{kind}_{number}.db", size)
        except BlockingIOError:
            os.close(lock)
        except OSError:
            os.close(lock)
            raise
        else:
            return Place(directory, number, lock)
    raise OSError(f"all {_PLACES_MAX} places are taken")


def _allocate(path: Path, size: int) -> None:
    """Whole or not at all: who scrapes reads whatever has that name."""
    if path.exists():
        return
    unready = path.with_suffix(".new")
    try:
        with unready.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
        unready.rename(path)
    except OSError:
        unready.unlink(missing_ok=True)
        raise


def _is_inhabited(directory: Path) -> bool:
    return any(is_held(lock) for lock in directory.glob("*.lock"))
