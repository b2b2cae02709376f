"""Finds a place for this worker's counters, or does without: metrics never keep a gateway from starting."""

from contextlib import suppress
from pathlib import Path

import structlog

from gateway.metrics.families import Families
from gateway.metrics.place import Place, move_in

_log = structlog.get_logger()


class Metrics:
    """The families and their place. `open` waits a second at most, for other workers that start."""

    def __init__(self, families: Families, place: Place | None) -> None:
        self.families = families
        self._place = place

    @classmethod
    def open(cls, journal_dir: Path) -> "Metrics":
        """Args: journal_dir: what the workers of this gateway have in common. Never raises."""
        try:
            place = move_in(journal_dir)
            return cls(Families(place), place)
        except Exception as error:  # whatever is in those files
            advice = "needs /dev/shm: with several workers, each tells its own figures only"
            _log.warning("metrics.not_shared", error=f"{type(error).__name__}: {error}", advice=advice)
            return cls(Families(None), None)

    def close(self) -> None:
        """Nothing is counted any more."""
        if self._place is not None:
            with suppress(OSError):
                self._place.close()
