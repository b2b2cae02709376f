"""What this gateway saw of outages, and keeps on its disk until the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec
import structlog

from gateway.checked_file import read_checked, write_checked
from gateway.ledger.causes import is_worse
from gateway.worker_slot import WorkerSlot

_log = structlog.get_logger()


@dataclass(slots=True)
class Spell:
    """One time in which this gateway's own circuit was not closed, or its verdicts lacked something."""

    began_at: datetime
    cause: str
    ended_at: datetime | None = None
    is_written: bool = False  # its beginning is in the ledger

    def come_to(self, began_at: datetime, cause: str) -> None:
        """It is longer, or worse, than it looked."""
        self.began_at = min(self.began_at, began_at)
        if is_worse(cause, self.cause):
            self.cause = cause


class SpellFile:
    """
    The spells that a restart must not lose, `outages-N.json` of this worker.

    Waits for the disk, so call it in a thread. A disk that fails is logged: the spells are then kept in memory only.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._slot: WorkerSlot | None = None
        self._lock = Lock()  # a task that is cancelled leaves its write to end by itself

    def open(self) -> list[Spell]:
        """Take a file of its own; what earlier runs left in it, oldest first."""
        try:
            self._slot = WorkerSlot(self._directory, "outages")
        except OSError as error:
            _log.error("outages.not_kept", error=type(error).__name__)
            return []
        decode = msgspec.json.Decoder(list[Spell]).decode
        return read_checked(self._slot.path(".json"), decode, event="outages.kept") or []

    def write(self, spells: Sequence[Spell]) -> None:
        """Replace what the file says."""
        with self._lock:
            if self._slot is None:
                return
            try:
                write_checked(self._slot.path(".json"), msgspec.json.encode(list(spells)))
            except OSError as error:
                _log.error("outages.not_kept", error=type(error).__name__)

    def close(self) -> None:
        """Leave the file to the next run."""
        with self._lock:
            if self._slot is not None:
                self._slot.release()
                self._slot = None
