"""
Chains what was committed, in the background, off every caller's path.

New records come through memory, and go into this run's own chain in the order in which they were acknowledged: one
document for all that came in a quarter of a second. `chain_runs` says how far that is. What nobody heard of again, and
what others left behind, is for sweeps, which have a chain of their own.
"""

import asyncio
import contextlib
from time import monotonic

from gateway.errors import LedgerUnreadable
from gateway.features.audit.entries import Unchained
from gateway.features.audit.runs import Runs
from gateway.features.audit.store import ChainWriter, newest_heads
from gateway.features.audit.sweep import Sweep
from gateway.kit.outbox import Outbox
from gateway.ledger.audit_chain import ENTRIES_MAX, Entry, Head
from gateway.ledger.client import Database
from gateway.ledger.inserting import Committed
from gateway.ledger.run import Run
from records.positions import number_of, position

_QUEUE_MAX = 20_000  # about 5 MB; past it they are looked up like those that nobody heard of again
_GATHER_S = 0.25
_OVERDUE_S = 10.0  # no write takes so long: the client gives each up after three seconds
_CLOSE_S = 0.5
_LOOK_AROUND_S = 600.0  # between references to the chains of others


class Chainer(Outbox[Committed]):
    """
    Writes this gateway's chains.

    Args:
        instance: This gateway's name.
        run: Its numbers.
    """

    def __init__(self, database: Database, *, instance: str, run: Run) -> None:
        super().__init__(
            "chain",
            failures=(LedgerUnreadable,),
            batch_max=ENTRIES_MAX,
            queue_max=_QUEUE_MAX,
            gather_s=_GATHER_S,
        )
        self._database = database
        self._run = run
        self._runs = Runs(database)
        self._own = ChainWriter(database, instance=instance)
        self._sweep = Sweep(database, instance=instance)
        self._taken: list[int] = []  # by the document that is being written
        self._told = 0  # how far the run is settled
        self._look_around_at_s = 0.0

    async def start(self) -> None:
        """Write this run down, before its first record. Raises LedgerUnreadable: then it has not started."""
        await self._tell()
        await super().start()

    async def close(self) -> None:
        """Stop; before that, chain what waits if the ledger takes it soon. The rest is for a sweep."""
        if not self.is_running:
            return
        await super().close()
        with contextlib.suppress(TimeoutError, LedgerUnreadable):
            async with asyncio.timeout(_CLOSE_S):
                await self.deliver_queued()
                if self._run.is_settled:
                    await self._runs.end(self._run.name, self._run.settled)

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""
        return [head for head in (self._own.head, self._sweep.head) if head.seq > 0]

    async def deliver(self, batch: list[Committed]) -> None:
        """Chain these, after what was made before them. Raises LedgerUnreadable."""
        await self._write()
        entries = [Entry(one.transaction_id, "insert", one.leaf) for one in batch]
        self._own.take(entries, await self._look_around())
        self._taken = [one.number for one in batch]

    async def settle(self) -> None:
        """Write the last document, and say how far the run is settled. Raises LedgerUnreadable."""
        await self._write()
        if self._run.settled != self._told:
            await self._tell()

    async def sweep(self) -> bool:
        """Chain what fell through, of this run and of others. Returns True when there is more. Raises likewise."""
        has_more = await self._chain_overdue()
        await self._tell()
        return await self._sweep.look() or has_more

    async def _write(self) -> None:
        if await self._own.settle():
            self._run.settle(self._taken)
            self._taken = []

    async def _tell(self) -> None:
        settled = self._run.settled
        await self._runs.tell(self._run.name, settled)
        self._told = settled

    async def _chain_overdue(self) -> bool:
        """
        Of what was sent and never answered, some stands: it is chained like what others left behind.

        Returns:
            Whether there is more: a slow MongoDB leaves more numbers open than one batch in 5 s settles.
        """
        waiting = {one.number for one in self._queue} | set(self._taken)
        overdue = set(self._run.overdue(older_than_s=_OVERDUE_S, limit=ENTRIES_MAX)) - waiting
        if not overdue:
            return False
        positions = [position(self._run.name, number) for number in overdue]
        found = [Unchained.of(record) for record in await self._runs.recorded(positions)]
        await self._sweep.chain([one.insert for one in found if one.insert is not None])
        recorded = {number_of(one.record) for one in found}
        self._run.settle(recorded)
        self._run.absent(overdue - recorded)
        return len(overdue) == ENTRIES_MAX

    async def _look_around(self) -> list[Head]:
        """What the others have come to, from time to time: then nobody can cut the end of their chains unnoticed."""
        now_s = monotonic()
        if now_s < self._look_around_at_s:
            return []
        heads = await newest_heads(self._database, but=self._own.head.writer)
        self._look_around_at_s = now_s + _LOOK_AROUND_S
        return heads
