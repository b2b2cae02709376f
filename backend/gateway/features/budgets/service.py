"""
Keeps the budgets on disk, and in step with those of the other gateways.

Each second time passes for them. The disk has each change of a threshold and each block, and scores every half minute.
The ledger gets what is over: it is needed only an hour later, so an hour without the ledger changes nothing.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from gateway.errors import LedgerFailure
from gateway.features.budgets import snapshot
from gateway.features.budgets.store import BudgetStore, Shared
from gateway.kit.periodic import Periodic
from gateway.verdict.budgets.misfit import MisfitAlarm
from gateway.verdict.budgets.service import MODELS_MAX, Budgets, ModelKey
from gateway.verdict.budgets.window import SLOT_S

_log = structlog.get_logger()
_LOOK_S = 1.0
_SAVE_LOOKS = 30  # what a kill -9 takes away: the scores of so many seconds, and no block and no threshold
_SHARE_LOOKS = 10
_FORGET_LOOKS = 600
_OVERLAP = timedelta(seconds=60)  # of two questions: a write that was under way carries an earlier time
_CLOSE_S = 1.0


class BudgetSharing(Periodic):
    """Begins with what was known when this gateway last ran; ends with what is known on disk."""

    def __init__(
        self,
        budgets: Budgets,
        store: BudgetStore,
        alarm: MisfitAlarm,
        *,
        ledger_is_up: Callable[[], bool],
        directory: Path,
    ) -> None:
        """Args: directory: on this machine, of this gateway alone."""
        super().__init__("budgets", self.look, every_s=_LOOK_S)
        self._budgets = budgets
        self._store = store
        self._alarm = alarm
        self._ledger_is_up = ledger_is_up
        self._path = directory / "budgets-0.json"
        self._saved = b""
        self._mark: object = None
        self._has_read = False  # what the ledger had when this gateway started
        self._since: datetime | None = None  # by the server's clock; None: there was nothing
        self._looks = 0

    async def start(self) -> None:
        """Begin, with what was known when this gateway last ran."""
        await self.take_up()
        await super().start()

    async def take_up(self) -> None:
        """Read what this machine's disk has."""
        if await asyncio.to_thread(snapshot.read, self._path, self._budgets):
            _log.info("budgets.remembered", models=len(self._budgets.models))

    async def close(self) -> None:
        """Stop, with what is known on disk, and in the ledger where it answers."""
        await super().close()
        for model in self._budgets.models.values():
            model.finish()
        if self._ledger_is_up():
            try:
                async with asyncio.timeout(_CLOSE_S):
                    await self._share()
            except (LedgerFailure, TimeoutError):
                pass  # the disk has it
        await self.save()

    async def look(self) -> None:
        """Do what is due."""
        self._budgets.turn()
        self._alarm.look()
        starts = [model.start for model in self._budgets.models.values()]
        mark = (self._budgets.cap.blocks, self._budgets.misfit, self._budgets.let_through.spending, starts)
        if self._looks % _SAVE_LOOKS == 0 or mark != self._mark:
            self._mark = mark
            await self.save()
        if self._looks % _SHARE_LOOKS == 0 or not self._has_read:
            await self.exchange()
        self._looks += 1

    async def save(self) -> None:
        """Have on disk what is known now, where the disk takes it."""
        encoded = snapshot.encode(self._budgets)
        if encoded == self._saved:
            return
        try:
            await asyncio.to_thread(snapshot.write, self._path, encoded)
            self._saved = encoded
        except OSError as error:
            _log.error("budgets.not_saved", error=type(error).__name__)

    async def exchange(self) -> None:
        """Tell the ledger what is over, and read what others told it, where it answers."""
        if not self._ledger_is_up():
            return
        try:
            await self._share()
            await self._receive()
            if self._looks % _FORGET_LOOKS == 0:
                await self._forget()
        except LedgerFailure:
            pass  # its own log says why

    async def _share(self) -> None:
        for (name, version), model in list(self._budgets.models.items()):
            counted = [
                Shared(name, version, model.limits, model.start, slot, source, counts)
                for (slot, source), counts in model.unshared.items()
            ]
            await self._store.share(counted)
            for shared in counted:
                model.unshared.pop((shared.slot, shared.source), None)

    async def _receive(self) -> None:
        if self._since is None:
            received, shared_at = await self._store.newest()
        else:
            received, shared_at = await self._store.since(self._since - _OVERLAP)
        self._take(received)
        self._since = shared_at or self._since
        self._has_read = True

    async def _forget(self) -> None:
        for (name, version), model in list(self._budgets.models.items()):
            if model.oldest:
                await self._store.forget(name, version, before=model.oldest)

    def _take(self, received: Iterable[Shared]) -> None:
        known, seen = self._budgets.models, set[ModelKey]()
        for shared in received:
            key = (shared.name, shared.version)
            start = None if key in seen else shared.start  # the newest word counts, also that there is none
            seen.add(key)
            model = known.get(key)
            if model is None:
                noted_s = float(shared.slot * SLOT_S)
                if len(known) >= MODELS_MAX and noted_s <= min(one.noted_s for one in known.values()):
                    continue  # all of those that are known have scored since
                model = self._budgets.put(key, shared.limits, start)
                model.noted_s = noted_s
            model.add(shared.slot, shared.source, shared.counts, start)
        self._budgets.turn()
