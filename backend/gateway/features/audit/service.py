"""
Chains what was committed, in the background, off every caller's path.

Inserted records come through memory, and go into this run's own chain in the order in which they were acknowledged.
What a crash or a full queue left behind, and amendments, are found by their flag, and go into a second chain. The flag
is taken off once the chain has them on a majority, so nothing stays unchained for ever. Two gateways that find the same
record chain it twice, which is harmless: it is the same leaf.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from time import monotonic

import structlog
from bson.raw_bson import RawBSONDocument

from gateway.errors import LedgerUnreadable
from gateway.features.audit.flags import Flags
from gateway.features.audit.store import ChainWriter, newest_heads
from gateway.kit.outbox import Outbox
from gateway.ledger.audit_chain import ENTRIES_MAX, SWEEP, Entry, Head
from gateway.ledger.client import Database
from gateway.ledger.seals import SealedDocument, leaf_of

_log = structlog.get_logger()
_QUEUE_MAX = 20_000  # about 5 MB; past it the sweep finds them by their flag
# Few and large documents, yet made before the brain is told, 0.25 s after the record: one update takes both flags off.
_GATHER_S = 0.1
_CLEAR_AFTER_S = 2.0  # those that no other update took along
_CLOSE_S = 0.5
_LOOK_AROUND_S = 600.0  # between references to the chains of others


class Chainer(Outbox[Entry]):
    """
    Writes this gateway's chains.

    Args:
        instance: This gateway's name.
    """

    def __init__(self, database: Database, *, instance: str) -> None:
        super().__init__(
            "chain",
            failures=(LedgerUnreadable,),
            batch_max=ENTRIES_MAX,
            queue_max=_QUEUE_MAX,
            gather_s=_GATHER_S,
            idle_s=_CLEAR_AFTER_S,
        )
        self._database = database
        self._own = ChainWriter(database, instance=instance)
        self._others = ChainWriter(database, instance=instance, suffix=SWEEP)
        self._flags = Flags(database)
        self._flagged: dict[str, float] = {}  # chained, and when, in monotonic seconds: the flag may still be there
        self._look_around_at_s = 0.0

    async def close(self) -> None:
        """Stop; before that, chain what waits if the ledger takes it soon. The rest is flagged."""
        if not self.is_running:
            return
        await super().close()
        with contextlib.suppress(TimeoutError, LedgerUnreadable):
            async with asyncio.timeout(_CLOSE_S):
                await self.deliver_queued()
                await self._clear(monotonic())

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""
        return [writer.head for writer in (self._own, self._others) if writer.head.seq > 0]

    def inserted(self, documents: Iterable[RawBSONDocument]) -> None:
        """These were just committed, with their flag."""
        for document in documents:
            if (entry := _to_entry(document)) is not None:
                self.add(entry)

    def chained(self, transaction_ids: Iterable[str]) -> list[str]:
        """Those of these whose flag may go: whoever updates them anyway takes it off, and then calls `cleared`."""
        return [transaction_id for transaction_id in transaction_ids if transaction_id in self._flagged]

    def cleared(self, transaction_ids: Iterable[str]) -> None:
        """Their flag is gone, or is an amendment's."""
        for transaction_id in transaction_ids:
            self._flagged.pop(transaction_id, None)

    async def deliver(self, batch: list[Entry]) -> None:
        """Chain these, after what was made before them. Raises LedgerUnreadable."""
        await self._write()
        self._own.take(batch, await self._look_around())

    async def settle(self) -> None:
        """Write the last document, and take flags off that nobody else did. Raises LedgerUnreadable."""
        await self._write()
        await self._clear(monotonic() - _CLEAR_AFTER_S)

    async def _write(self) -> None:
        self._flagged.update(dict.fromkeys(await self._own.settle(), monotonic()))

    async def _look_around(self) -> list[Head]:
        """What the others have come to, from time to time: then nobody can cut the end of their chains unnoticed."""
        now_s = monotonic()
        if now_s < self._look_around_at_s:
            return []
        heads = await newest_heads(self._database, but=self._own.head.writer)
        self._look_around_at_s = now_s + _LOOK_AROUND_S
        return heads

    async def _clear(self, chained_before_s: float) -> None:
        while due := [one for one, at_s in self._flagged.items() if at_s <= chained_before_s][:ENTRIES_MAX]:
            await self._flags.clear(due)
            self.cleared(due)

    async def sweep(self) -> bool:
        """Chain one batch of what was left behind. Returns True when there is more of it. Raises LedgerUnreadable."""
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
