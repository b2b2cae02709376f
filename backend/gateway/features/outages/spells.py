"""What this gateway saw of outages, and keeps on its disk until the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec
import structlog

from gateway.features.outages.shortages import is_worse
from gateway.kit.files import read_checked, write_checked

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
    The spells that a restart must not lose.

    Waits for the disk, so call it in a thread. A disk that fails is logged: the spells are then kept in memory only.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "outages-0.json"
        self._lock = Lock()  # a task that is cancelled leaves its write to end by itself

    def read(self) -> list[Spell]:
        """What earlier runs left, oldest first."""
        decode = msgspec.json.Decoder(list[Spell]).decode
        return read_checked(self._path, decode, event="outages.kept") or []

    def write(self, spells: Sequence[Spell]) -> None:
        """Replace what the file says."""
        with self._lock:
            try:
                write_checked(self._path, msgspec.json.encode(list(spells)))
            except OSError as error:
                _log.error("outages.not_kept", error=type(error).__name__)
