"""Alerts that MongoDB does not have yet: in memory for the delivery, on disk for the case of a kill."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import structlog

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert, AlertState, Entry, begin
from gateway.features.alerts.queue import WAITING_MAX, AlertQueue
from gateway.features.alerts.spool import Spool
from gateway.kit import clock

_log = structlog.get_logger()
_BATCH_MAX = 500


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
        """What earlier runs kept on the disk."""
        left = await asyncio.to_thread(self._spool.left_behind)
        for path, alerts in left.items():
            self._hold(alerts, path)
        if self._entries:
            _log.info("alerts.taken_up", alerts=len(self._entries))

    async def take_in(self) -> None:
        """What was raised lately, on disk before anything else is done with it."""
        while room := min(_BATCH_MAX, len(self._queue), WAITING_MAX - len(self._entries)):
            alerts = self._queue.take(room)
            self._hold(alerts, None)  # first, or a stop in the next line would forget them
            path = await asyncio.to_thread(self._spool.keep, alerts)
            if path is not None:
                self._files[path] = {alert.webhook_id for alert in alerts} & self._entries.keys()

    def put(self, entry: Entry) -> None:
        """How far one is, or one of MongoDB's whose progress could not be told to it."""
        if entry[0].webhook_id in self._entries or len(self._entries) < WAITING_MAX:
            self._entries[entry[0].webhook_id] = entry

    def some(self) -> list[Entry]:
        """The first that came, one batch at most."""
        return list(self._entries.values())[:_BATCH_MAX]

    def due(self, now: datetime, kinds: Collection[AlertKind], limit: int) -> list[Entry]:
        """Those of these kinds whose next attempt is due."""
        entries = (entry for entry in self._entries.values() if entry[0].kind in kinds)
        found = (e for e in entries if e[1].state is AlertState.PENDING and (e[1].next_at or now) <= now)
        return list(islice(found, limit))

    async def let_go(self, entries: Iterable[Entry]) -> None:
        """MongoDB has these."""
        ids = {alert.webhook_id for alert, _ in entries}
        for webhook_id in ids:
            self._entries.pop(webhook_id, None)
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
