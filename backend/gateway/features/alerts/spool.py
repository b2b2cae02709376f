"""
Alerts on this machine's disk until MongoDB has them, so that a kill in between loses none of them.

One file for each batch, beside the journal: written whole, synced, then renamed, so that a file is either there or not.
A gateway that starts takes up what the one before left, and what is raised twice is one alert by its id. A disk that
refuses costs this net only: that is logged, and the alerts go on from memory.
"""

import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert
from gateway.kit.files import DRAFT, replace_file

_log = structlog.get_logger()
_SUFFIX = ".alerts"
_FILES_MAX = 1_000  # with up to 500 alerts each; past it nothing is written


class _Kept(msgspec.Struct):
    kind: str
    key: str
    webhook_id: str
    at: datetime
    data: dict[str, Any]


_decoder = msgspec.json.Decoder(list[_Kept])


class Spool:
    """For one thread at a time; all of it may take as long as the disk does. Never raises."""

    def __init__(self, directory: Path) -> None:
        """Args: directory: the journal's; made when it is not there."""
        self._directory = directory

    def keep(self, alerts: Sequence[Alert]) -> Path | None:
        """Write a batch durably; where it is, None when the disk does not take it."""
        kept = [_Kept(a.kind.value, a.key, a.webhook_id, a.at, dict(a.data)) for a in alerts]
        path = self._directory / f"{time.time_ns()}-{secrets.token_hex(4)}{_SUFFIX}"  # sorts by age
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(self._files()) >= _FILES_MAX:
                _log.error("alert.spool_full", files=_FILES_MAX)
                return None
            replace_file(path, msgspec.json.encode(kept))
        except OSError as error:
            _log.error("alert.not_kept", error=type(error).__name__, alerts=len(alerts))
            return None
        return path

    def left_behind(self) -> dict[Path, list[Alert]]:
        """What earlier runs kept and never dropped. A file that cannot be read stays for people."""
        found: dict[Path, list[Alert]] = {}
        for path in self._directory.glob(f"*{_SUFFIX}{DRAFT}"):
            self.drop(path)
        for path in self._files()[:_FILES_MAX]:
            try:
                found[path] = [_to_alert(kept) for kept in _decoder.decode(path.read_bytes())]
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                _log.error("alert.spool_unreadable", file=path.name, error=type(error).__name__)
        return found

    def drop(self, path: Path) -> None:
        """MongoDB has all that is in it."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("alert.spool_not_dropped", file=path.name, error=type(error).__name__)

    def _files(self) -> list[Path]:
        try:
            return sorted(self._directory.glob(f"*{_SUFFIX}"))
        except OSError:
            return []


def _to_alert(kept: _Kept) -> Alert:
    # the id as it was: the key that was kept with it may be cut
    return Alert(kept.webhook_id, AlertKind(kept.kind), kept.key, kept.data, kept.at)
