"""
Chains what others left behind: records of runs that fell silent, and what carries a flag.

Two sweeps that find the same record chain it twice, which is harmless: it is the same leaf.
"""

import contextlib
import secrets
from collections.abc import Sequence

import structlog

from gateway.errors import LedgerUnreadable
from gateway.features.audit.entries import Unchained
from gateway.features.audit.flags import Flags
from gateway.features.audit.runs import Runs, SilentRun
from gateway.features.audit.store import ChainWriter
from gateway.ledger.audit_chain import ENTRIES_MAX, SWEEP, Entry, Head
from gateway.ledger.client import Database
from records.positions import number_of

_log = structlog.get_logger()


class Sweep:
    """
    Writes a chain of its own. Everything may raise LedgerUnreadable, and is safe to repeat.

    Args:
        instance: This gateway's name.
    """

    def __init__(self, database: Database, *, instance: str) -> None:
        self._writer = ChainWriter(database, instance=instance, suffix=SWEEP)
        self._flags = Flags(database)
        self._runs = Runs(database)
        self._holder = f"{instance}/{secrets.token_hex(8)}"

    @property
    def head(self) -> Head:
        """The last document of its chain that is known to be on a majority; seq is 0 before the first."""
        return self._writer.head

    async def look(self) -> bool:
        """Chain one batch of each kind. Returns True when there is more."""
        await self._writer.settle()
        has_more = await self._sweep_flagged()
        return await self._sweep_run() or has_more

    async def chain(self, entries: Sequence[Entry]) -> None:
        """Chain these, whatever their number."""
        await self._writer.settle()
        for first in range(0, len(entries), ENTRIES_MAX):
            self._writer.take(entries[first : first + ENTRIES_MAX])
            await self._writer.settle()

    async def _sweep_flagged(self) -> bool:
        found = await self._flags.left_behind(ENTRIES_MAX)
        if found:
            await self.chain([entry for one in found for entry in one.entries])
            await self._flags.clear(found)
            _log.info("chain.caught_up", records=len(found))
        return len(found) == ENTRIES_MAX

    async def _sweep_run(self) -> bool:
        """What a run left unsettled. A part of it may be in its chain already."""
        run = await self._runs.claim_silent(self._holder)
        if run is None:
            return False
        while records := await self._runs.unsettled(run, limit=ENTRIES_MAX):
            found = [Unchained.of(record) for record in records]
            await self.chain([one.insert for one in found if one.insert is not None])
            run = SilentRun(run.name, number_of(found[-1].record))
            await self._runs.swept(run)
            _log.info("chain.caught_up", run=run.name.hex(), records=len(found))
        with contextlib.suppress(LedgerUnreadable):  # it stays a while longer, and keeps no other run waiting
            await self._runs.end_silent(run)
        return True
