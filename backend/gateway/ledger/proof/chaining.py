"""
Chains what was committed, in the background, off every caller's path.

Inserted records come through memory, and go into this run's own chain in the order in which they were acknowledged.
What a crash or a full queue left behind, and amendments, are found by their flag, and go into a second chain. The flag
is taken off once the chain has them on a majority, so nothing stays unchained for ever. Two gateways that find the same
record chain it twice, which is harmless: it is the same leaf.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable

import structlog
from bson.raw_bson import RawBSONDocument

from gateway.background import Background
from gateway.errors import LedgerUnreadable
from gateway.ledger.client import Database
from gateway.ledger.proof.chain import ENTRIES_MAX, SWEEP, Entry, Head
from gateway.ledger.proof.flags import Flags
from gateway.ledger.proof.linking import ChainWriter, newest_heads
from gateway.ledger.proof.sealing import SealedDocument, leaf_of

_log = structlog.get_logger()
_QUEUE_MAX = 20_000  # about 5 MB; past it the sweep finds them by their flag
# Few and large documents, yet made before the brain is told, 0.25 s after the record: one update takes both flags off.
_GATHER_S = 0.1
_CLEAR_AFTER_S = 2.0  # those that no other update took along
_SWEEP_S = 5.0
_PAUSE_S = 0.5  # after a ledger that did not answer
_LOOK_AROUND_S = 600.0  # between references to the chains of others


class Chainer:
    """
    Writes this gateway's chains. `start` and `close` belong to the ledger's.

    Args:
        instance: This gateway's name.
    """

    def __init__(self, database: Database, *, instance: str) -> None:
        self._database = database
        self._own = ChainWriter(database, instance=instance)
        self._others = ChainWriter(database, instance=instance, suffix=SWEEP)
        self._flags = Flags(database)
        self._queue: deque[Entry] = deque()
        self._flagged: dict[str, float] = {}  # chained, and when by the loop's time: the flag may still be there
        self._wake = asyncio.Event()
        self._look_around_at_s = 0.0
        self._background = Background(self._run)

    async def start(self) -> None:
        """Begin, with what earlier runs left behind."""
        self._background.start()

    async def close(self, *, within_s: float) -> None:
        """Stop; before that, chain what waits if the ledger takes it in so much time. The rest is flagged."""
        if not self._background.is_running:
            return
        await self._background.stop()
        with contextlib.suppress(TimeoutError, LedgerUnreadable):
            async with asyncio.timeout(within_s):
                await self._chain_queued()
                await self._clear(asyncio.get_running_loop().time())

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""
        return [writer.head for writer in (self._own, self._others) if writer.head.seq > 0]

    def inserted(self, documents: Iterable[RawBSONDocument]) -> None:
        """These were just committed, with their flag."""
        for document in documents:
            if len(self._queue) < _QUEUE_MAX and (entry := _to_entry(document)) is not None:
                self._queue.append(entry)
        self._wake.set()

    def chained(self, transaction_ids: Iterable[str]) -> list[str]:
        """Those of these whose flag may go: whoever updates them anyway takes it off, and then calls `cleared`."""
        return [transaction_id for transaction_id in transaction_ids if transaction_id in self._flagged]

    def cleared(self, transaction_ids: Iterable[str]) -> None:
        """Their flag is gone, or is an amendment's."""
        for transaction_id in transaction_ids:
            self._flagged.pop(transaction_id, None)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_sweep_s = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(next_sweep_s, loop.time() + _CLEAR_AFTER_S)):
                    await self._wake.wait()
            await asyncio.sleep(_GATHER_S)
            self._wake.clear()
            try:
                await self._chain_queued()
                await self._clear(loop.time() - _CLEAR_AFTER_S)
                if loop.time() >= next_sweep_s:
                    next_sweep_s = loop.time() + _SWEEP_S  # also when it fails: not one failure after the other
                    if await self._sweep():
                        next_sweep_s = loop.time()
            except LedgerUnreadable:
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                _log.exception("chain.crashed")
                await asyncio.sleep(_PAUSE_S)
            if self._queue:
                self._wake.set()

    async def _chain_queued(self) -> None:
        """What waits now, and no more: under steady traffic "until it is empty" would never come to the rest."""
        waiting = len(self._queue)
        await self._settle()
        while waiting > 0:
            heads = await self._look_around()
            entries = [self._queue.popleft() for _ in range(min(ENTRIES_MAX, waiting))]
            waiting -= len(entries)
            self._own.take(entries, heads)
            await self._settle()

    async def _settle(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self._flagged.update(dict.fromkeys(await self._own.settle(), now_s))

    async def _look_around(self) -> list[Head]:
        """What the others have come to, from time to time: then nobody can cut the end of their chains unnoticed."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._look_around_at_s:
            return []
        heads = await newest_heads(self._database, but=self._own.head.writer)
        self._look_around_at_s = now_s + _LOOK_AROUND_S
        return heads

    async def _clear(self, chained_before_s: float) -> None:
        while due := [one for one, at_s in self._flagged.items() if at_s <= chained_before_s][:ENTRIES_MAX]:
            await self._flags.clear(due)
            self.cleared(due)

    async def _sweep(self) -> bool:
        """One batch of what was left behind; True when there is more of it."""
        await self._others.settle()
        found = await self._flags.left_behind(ENTRIES_MAX)
        mine = {entry.transaction_id for entry in self._queue} | self._flagged.keys()
        flagged = [one for one in found if one.transaction_id not in mine]
        entries = [entry for one in flagged for entry in one.entries]
        for first in range(0, len(entries), ENTRIES_MAX):
            self._others.take(entries[first : first + ENTRIES_MAX])
            await self._others.settle()
        if flagged:
            await self._flags.clear_looked_at(flagged)
            _log.info("chain.caught_up", records=len(flagged))
        return len(found) == ENTRIES_MAX and bool(flagged)


def _to_entry(document: RawBSONDocument) -> Entry | None:
    """What the chain says of a record; None of one that was made before there were seals."""
    if isinstance(document, SealedDocument):
        return Entry(document.transaction_id, "insert", document.leaf)
    if "seal" not in document:  # from the journal, of an older gateway
        return None
    return Entry(document["transaction_id"], "insert", leaf_of(document["seal"]["hashes"]))
