"""
Keeps the outages up to date, also over a restart, and alerts once an episode that verdicts are given blind, or would
be: no real score for a while although some were wanted. The alert needs neither brain nor ledger.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from time import monotonic

import msgspec
import structlog
from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RaiseAlert
from gateway.errors import LedgerFailure
from gateway.features.outages.service import OutageTracker, Spell
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.kit.files import read_checked, write_checked
from gateway.kit.periodic import Periodic
from gateway.scoring.monitor import Blindness, ScoreMonitor

_log = structlog.get_logger()
_OUTAGE_KNOWN_S = 3.0  # so long the ledger is given to say which outage this is: all gateways' alert is then one
_LOOK_S = 0.5
_CALM_S = 2.0  # an outage that only others see is known that much later


class BlindAlarm:
    """Asked twice a second."""

    def __init__(
        self, monitor: ScoreMonitor, raise_alert: RaiseAlert, *, instance: str, outage_id: Callable[[], ObjectId | None]
    ) -> None:
        """Args: outage_id: the outage that lasts, as far as the ledger has said."""
        self._monitor = monitor
        self._raise_alert = raise_alert
        self._instance = instance
        self._outage_id = outage_id
        self._noticed_at_s: float | None = None
        self._is_raised = False

    def look(self) -> None:
        """Raise the alert when it is time."""
        blindness = self._monitor.blindness
        if blindness is None:
            self._noticed_at_s, self._is_raised = None, False
            return
        if self._noticed_at_s is None:
            self._noticed_at_s = monotonic()
        outage_id = self._outage_id()
        is_time = outage_id is not None or monotonic() - self._noticed_at_s >= _OUTAGE_KNOWN_S
        if is_time and not self._is_raised:
            key = str(outage_id) if outage_id is not None else f"{self._instance}:{to_rfc3339(blindness.since)}"
            self._raise_alert(AlertKind.SCORER_BLIND, key, self._to_data(blindness))
            self._is_raised = True

    def _to_data(self, blindness: Blindness) -> dict[str, object]:
        last_at = self._monitor.last_score_at
        return {
            "cause": blindness.cause.value,
            "instance": self._instance,
            "since": to_rfc3339(blindness.since),
            "seconds": round((clock.now() - blindness.since).total_seconds(), 1),
            "never_scored": blindness.never_scored,
            "last_score_at": to_rfc3339(last_at) if last_at is not None else None,
        }


class SpellFile:
    """
    The spells that a restart must not lose.

    Waits for the disk, so call it in a thread. A disk that fails is logged: the spells are then kept in memory only.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "outages-0.json"
        self._lock = Lock()  # a task that is cancelled leaves its write to end by itself

    def read(self) -> list[Spell]:
        """Read what earlier runs left, oldest first."""
        decode = msgspec.json.Decoder(list[Spell]).decode
        return read_checked(self._path, decode, event="outages.kept") or []

    def write(self, spells: Sequence[Spell]) -> None:
        """Replace what the file says."""
        with self._lock:
            try:
                write_checked(self._path, msgspec.json.encode(list(spells)))
            except OSError as error:
                _log.error("outages.not_kept", error=type(error).__name__)


class OutageWatch:
    """Runs as long as the gateway does."""

    def __init__(
        self, tracker: OutageTracker, alarm: BlindAlarm, kept: SpellFile, *, ledger_is_healthy: Callable[[], bool]
    ) -> None:
        """
        Args:
            kept: What the ledger could not be told before this gateway stopped.
            ledger_is_healthy: Whether it makes sense to ask the ledger.
        """
        self._tracker = tracker
        self._file = kept
        self._kept: list[Spell] = []
        self._alarm = alarm
        self._ledger_is_healthy = ledger_is_healthy
        self._tracking = Periodic("outages", self._track, every_s=lambda: _CALM_S if tracker.is_calm else _LOOK_S)
        self._loops = (
            self._tracking,
            Periodic("alarm", self._listen, every_s=_LOOK_S),
        )

    async def start(self) -> None:
        """Begin, with what earlier runs left open."""
        self._kept = await asyncio.to_thread(self._file.read)
        self._tracker.restore(replace(spell) for spell in self._kept)
        for loop in self._loops:
            await loop.start()

    async def close(self) -> None:
        """Stop. What lasts is open in the ledger, for the next run or the others."""
        for loop in self._loops:
            await loop.close()
        await self._keep()

    async def _track(self) -> None:
        try:
            if self._ledger_is_healthy():
                await self._tracker.look()
            else:
                self._tracker.lasting = None
        except LedgerFailure:
            self._tracker.lasting = None

    async def _listen(self) -> None:
        """On its own: a ledger that hangs must not hold up the alarm."""
        self._tracker.notice()
        self._alarm.look()
        if self._tracker.unwritten:
            self._tracking.wake()
        await self._keep()

    async def _keep(self) -> None:
        """Keep on disk what the ledger does not know yet, over a restart."""
        unwritten = self._tracker.unwritten
        if unwritten != self._kept:
            await asyncio.to_thread(self._file.write, unwritten)
            self._kept = unwritten
