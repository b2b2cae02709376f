"""
Chains what this gateway committed, in the background, off every caller's path.

New records come through memory, and go into this run's own chain in the order in which they were acknowledged: one
document for all that came in a quarter of a second. `chain_runs` says how far that is. What was sent and never answered
is looked for and put into a second chain. What a run that ended left behind is for a worker (sweep.py).
"""

import asyncio
import contextlib
from collections import deque
from time import monotonic

from gateway.errors import LedgerUnreadable
from gateway.features.audit.runs import Runs
from gateway.features.audit.store import ChainWriter, newest_heads
from gateway.features.audit.sweep import Unchained
from gateway.kit.periodic import Periodic
from gateway.ledger.audit_chain import ENTRIES_MAX, SWEEP, Entry, Head
from gateway.ledger.client import Database
from gateway.ledger.inserting import Committed
from gateway.ledger.run import Run
from records.positions import number_of, position

_QUEUE_MAX = 20_000  # about 5 MB; past it the oldest are looked up like those that nobody heard of again
_GATHER_S = 0.25
_PAUSE_S = 0.5  # after a MongoDB that did not answer
_LOOK_S = 5.0  # between looks for what was never answered; as often the run says that it is there
_OVERDUE_S = 10.0  # no write takes so long: the client gives each up after three seconds
_CLOSE_S = 0.5
_LOOK_AROUND_S = 600.0  # between references to the chains of others


class Chainer(Periodic):
    """
    Writes this gateway's chains.

    Args:
        instance: This gateway's name.
        run: Its numbers.

    Attributes:
        queue: What was just committed, to be chained.
    """

    def __init__(self, database: Database, *, instance: str, run: Run) -> None:
        super().__init__("chain", self._turn, every_s=_GATHER_S, pause_s=_PAUSE_S, expected=(LedgerUnreadable,))
        self._database = database
        self._run = run
        self._runs = Runs(database)
        self._own = ChainWriter(database, instance=instance)
        self._found = ChainWriter(database, instance=instance, suffix=SWEEP)
        self.queue: deque[Committed] = deque(maxlen=_QUEUE_MAX)
        self._taken: list[int] = []  # by the document that is being written
        self._published = 0  # how far `chain_runs` says that the run is settled
        self._look_at_s = self._look_around_at_s = 0.0

    async def start(self) -> None:
        """Write this run down, before its first record. Raises LedgerUnreadable: then it has not started."""
        await self._publish()
        await super().start()

    async def close(self) -> None:
        """Stop; before that, chain what waits if the ledger takes it soon. The rest is for a sweep."""
        if not self.is_running:
            return
        await super().close()
        with contextlib.suppress(TimeoutError, LedgerUnreadable):
            async with asyncio.timeout(_CLOSE_S):
                await self.chain_queued()
                if self._run.is_settled:
                    await self._runs.end(self._run.name, self._run.settled)

    def heads(self) -> list[Head]:
        """List the ends of this gateway's chains, as far as they are on a majority."""
        return [head for head in (self._own.head, self._found.head) if head.seq > 0]

    async def chain_queued(self) -> None:
        """Chain what waits now and no more: the queue may never be empty. Raises LedgerUnreadable."""
        waiting = len(self.queue)
        await self._write()
        while waiting > 0:
            heads = await self._look_around()
            batch = [self.queue.popleft() for _ in range(min(ENTRIES_MAX, waiting))]
            waiting -= len(batch)
            self._own.take([Entry(one.transaction_id, "insert", one.leaf) for one in batch], heads)
            self._taken = [one.number for one in batch]
            await self._write()
        if self._run.settled != self._published:
            await self._publish()

    async def chain_overdue(self) -> bool:
        """
        Chain what stands of all that was sent and never answered. Raises LedgerUnreadable.

        Returns:
            Whether there is more: a slow MongoDB leaves more numbers open than one batch in 5 s settles.
        """
        waiting = {one.number for one in self.queue} | set(self._taken)
        overdue = set(self._run.overdue(older_than_s=_OVERDUE_S, limit=ENTRIES_MAX)) - waiting
        if overdue:
            positions = [position(self._run.name, number) for number in overdue]
            found = [Unchained.of(record) for record in await self._runs.recorded(positions)]
            await self._found.write([one.insert for one in found if one.insert is not None])
            recorded = {number_of(one.record) for one in found}
            self._run.settle(recorded)
            self._run.absent(overdue - recorded)
        await self._publish()
        return len(overdue) == ENTRIES_MAX

    async def _turn(self) -> None:
        await self.chain_queued()
        if monotonic() >= self._look_at_s:
            self._look_at_s = monotonic() + _LOOK_S  # also when it fails: not one failure after the other
            if await self.chain_overdue():
                self._look_at_s = monotonic()

    async def _write(self) -> None:
        if await self._own.settle():
            self._run.settle(self._taken)
            self._taken = []

    async def _publish(self) -> None:
        settled = self._run.settled
        await self._runs.publish(self._run.name, settled)
        self._published = settled

    async def _look_around(self) -> list[Head]:
        """What the others have come to, from time to time: then nobody can cut the end of their chains unnoticed."""
        now_s = monotonic()
        if now_s < self._look_around_at_s:
            return []
        heads = await newest_heads(self._database, but=self._own.head.writer)
        self._look_around_at_s = now_s + _LOOK_AROUND_S
        return heads
