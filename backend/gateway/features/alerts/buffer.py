"""
Alerts of a gateway that MongoDB does not have yet: queued by whoever raises them, kept on disk, held for the delivery.

One file for each batch, beside the journal: written whole, synced, then renamed, so that a kill loses none of them. A
gateway that starts takes up what the one before left, and what is raised twice is one alert by its id. A disk that
refuses costs this net only: that is logged, and the alerts go on from memory.
"""

import asyncio
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert, AlertState, Entry, begin, make_alert, webhook_id
from gateway.kit import clock
from gateway.kit.files import DRAFT, replace_file

_log = structlog.get_logger()
WAITING_MAX = 5_000  # about 1 kB each; past it an alert is counted and logged, and lost
_RECENT_IDS_MAX = 10_000  # ids that were raised here lately: raising them again costs nothing
_SUFFIX = ".alerts"
_FILES_MAX = 1_000  # with up to 500 alerts each; past it nothing is written
_BATCH_MAX = 500
_decoder = msgspec.json.Decoder(list[Alert])


class AlertQueue:
    """For one event loop. `raise_alert` is what others are given."""

    def __init__(self) -> None:
        self.dropped = 0
        self.arrived = asyncio.Event()
        self._alerts: deque[Alert] = deque()
        self._recent_ids: OrderedDict[str, None] = OrderedDict()

    def raise_alert(self, kind: str, key: str, data: Mapping[str, Any]) -> None:
        """
        Something happened. Synchronous; never waits, never raises.

        Args:
            kind: One of AlertKind.
            key: Which event of that kind. The first raise of a (kind, key) stands, wherever it was made.
            data: What a JSON encoder takes; times and decimals too.
        """
        try:
            self._take(AlertKind(kind), key, data)
        except Exception:
            _log.exception("alert.not_raised", kind=str(kind))

    def take(self, limit: int) -> list[Alert]:
        """Take out the oldest that came."""
        return [self._alerts.popleft() for _ in range(min(limit, len(self._alerts)))]

    def __len__(self) -> int:
        return len(self._alerts)

    def _take(self, kind: AlertKind, key: str, data: Mapping[str, Any]) -> None:
        alert_id = webhook_id(kind, key)
        if alert_id in self._recent_ids:
            self._recent_ids.move_to_end(alert_id)
            return
        if len(self._alerts) >= WAITING_MAX:
            self.dropped += 1
            _log.error("alert.dropped", kind=kind, webhook_id=alert_id, dropped=self.dropped)
            return
        alert = make_alert(kind, key, data)
        self._alerts.append(alert)
        self._recent_ids[alert_id] = None
        if len(self._recent_ids) > _RECENT_IDS_MAX:
            self._recent_ids.popitem(last=False)
        _log.warning("alert.raised", kind=kind, key=alert.key, webhook_id=alert_id)
        self.arrived.set()


class Spool:
    """For one thread at a time; all of it may take as long as the disk does. Never raises."""

    def __init__(self, directory: Path) -> None:
        """Args: directory: the journal's; made when it is not there."""
        self._directory = directory

    def keep(self, alerts: Sequence[Alert]) -> Path | None:
        """Write a batch durably; where it is, None when the disk does not take it."""
        path = self._directory / f"{time.time_ns()}-{secrets.token_hex(4)}{_SUFFIX}"  # sorts by age
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(self._files()) >= _FILES_MAX:
                _log.error("alert.spool_full", files=_FILES_MAX)
                return None
            replace_file(path, msgspec.json.encode(alerts))
        except OSError as error:
            _log.error("alert.not_kept", error=type(error).__name__, alerts=len(alerts))
            return None
        return path

    def left_behind(self) -> dict[Path, list[Alert]]:
        """Read what earlier runs kept and never dropped. A file that cannot be read stays for people."""
        found: dict[Path, list[Alert]] = {}
        for path in self._directory.glob(f"*{_SUFFIX}{DRAFT}"):
            self.drop(path)
        for path in self._files()[:_FILES_MAX]:
            try:
                found[path] = _decoder.decode(path.read_bytes())
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                _log.error("alert.spool_unreadable", file=path.name, error=type(error).__name__)
        return found

    def drop(self, path: Path) -> None:
        """Delete a file: MongoDB has all that is in it."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("alert.spool_not_dropped", file=path.name, error=type(error).__name__)

    def _files(self) -> list[Path]:
        try:
            return sorted(self._directory.glob(f"*{_SUFFIX}"))
        except OSError:
            return []


class AlertBuffer:
    """Bounded: while it is full nothing is taken from the queue, which then drops and counts."""

    def __init__(self, queue: AlertQueue, directory: Path, *, has_receiver: bool) -> None:
        self._queue = queue
        self._spool = Spool(directory)
        self._has_receiver = has_receiver
        self._entries: dict[str, Entry] = {}
        self._files: dict[Path, set[str]] = {}  # and which of their alerts MongoDB does not have

    def __len__(self) -> int:
        return len(self._entries)

    async def take_up(self) -> None:
        """Take over what earlier runs kept on the disk."""
        left = await asyncio.to_thread(self._spool.left_behind)
        for path, alerts in left.items():
            self._hold(alerts, path)
        if self._entries:
            _log.info("alerts.taken_up", alerts=len(self._entries))

    async def take_in(self) -> None:
        """Move what was raised lately here, onto the disk before anything else is done with it."""
        while room := min(_BATCH_MAX, len(self._queue), WAITING_MAX - len(self._entries)):
            alerts = self._queue.take(room)
            self._hold(alerts, None)  # first, or a stop in the next line would forget them
            path = await asyncio.to_thread(self._spool.keep, alerts)
            if path is not None:
                self._files[path] = {alert.webhook_id for alert in alerts} & self._entries.keys()

    def put(self, entry: Entry) -> None:
        """Keep how far one is, also one of MongoDB's that could not be written down there."""
        if entry[0].webhook_id in self._entries or len(self._entries) < WAITING_MAX:
            self._entries[entry[0].webhook_id] = entry

    def some(self) -> list[Entry]:
        """Get the first that came, one batch at most."""
        return list(self._entries.values())[:_BATCH_MAX]

    def due(self, now: datetime, kinds: Collection[AlertKind], limit: int) -> list[Entry]:
        """Find those of these kinds whose next attempt is due."""
        entries = (entry for entry in self._entries.values() if entry[0].kind in kinds)
        found = (e for e in entries if e[1].state is AlertState.PENDING and (e[1].next_at or now) <= now)
        return list(islice(found, limit))

    async def let_go(self, entries: Iterable[Entry]) -> None:
        """Forget these: MongoDB has them."""
        ids = {alert.webhook_id for alert, _ in entries}
        for alert_id in ids:
            self._entries.pop(alert_id, None)
        for path, waiting in list(self._files.items()):
            waiting.difference_update(ids)
            if not waiting:
                del self._files[path]
                await asyncio.to_thread(self._spool.drop, path)

    def _hold(self, alerts: Sequence[Alert], path: Path | None) -> None:
        now = clock.now()
        for alert in alerts:
            self._entries.setdefault(alert.webhook_id, (alert, begin(now, has_receiver=self._has_receiver)))
        if path is not None:
            self._files[path] = {alert.webhook_id for alert in alerts}
