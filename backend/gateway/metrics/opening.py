"""Finds a place for this worker's counters, or does without: metrics never keep a gateway from starting."""

from contextlib import suppress
from pathlib import Path

import structlog

from gateway.metrics.families import Families
from gateway.metrics.place import Place, move_in

_log = structlog.get_logger()


class Metrics:
    """The families and their place. `open` waits two seconds at most, for other workers that start."""

    def __init__(self, families: Families, place: Place | None) -> None:
        self.families = families
        self._place = place

    @classmethod
    def open(cls, journal_dir: Path) -> "Metrics":
        """Args: journal_dir: what the workers of this gateway have in common. Never raises."""
        try:
            place = _move_in(journal_dir)
            return cls(Families(place), place)
        except Exception as error:  # whatever is in those files
            advice = f"{_remedy(error)}: with several workers, each tells its own figures only"
            _log.warning("metrics.not_shared", error=f"{type(error).__name__}: {error}", advice=advice)
            return cls(Families(None), None)

    def close(self) -> None:
        """Nothing is counted any more."""
        if self._place is not None:
            with suppress(OSError):
                self._place.close()


def _move_in(journal_dir: Path) -> Place:
    try:
        return move_in(journal_dir)
    except BlockingIOError:  # many start at once, on a machine that is busy with it
        return move_in(journal_dir)


def _remedy(error: Exception) -> str:
    match error:
        case BlockingIOError():
            return "other workers held the lock for too long, start it again"
        case PermissionError() | FileExistsError() | NotADirectoryError():
            return "somebody else has our name in /dev/shm, remove it; or nobody may write there, allow it"
        case OSError():
            return "needs /dev/shm, with 0.2 MB free for each worker"
        case _:
            return "its files in /dev/shm cannot be read, start all workers again"
