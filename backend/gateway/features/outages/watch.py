"""Keeps the outages and the alarm up to date."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from gateway.errors import LedgerFailure
from gateway.features.outages.alarm import BlindAlarm
from gateway.features.outages.service import OutageTracker
from gateway.features.outages.spells import Spell, SpellFile
from gateway.kit.periodic import Periodic

_LOOK_S = 0.5
_CALM_S = 2.0  # an outage that only others see is known that much later


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
        """A restart while the ledger is away must not lose what it is to be told."""
        unwritten = self._tracker.unwritten
        if unwritten != self._kept:
            await asyncio.to_thread(self._file.write, unwritten)
            self._kept = unwritten
