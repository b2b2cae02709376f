"""
From the queue of a gateway into MongoDB, where a worker finds them; straight to the receiver while MongoDB is away.

What was sent straight is sent again with the same id where MongoDB does not hear of it, so a receiver that keeps ids
has it once.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from gateway.alerting import AlertKind
from gateway.errors import LedgerFailure
from gateway.features.alerts.alert import Entry, fold
from gateway.features.alerts.buffer import AlertBuffer
from gateway.features.alerts.delivery import Receiver
from gateway.features.alerts.notifier import AT_ONCE, LOOK_S, attempt, most_urgent
from gateway.features.alerts.store import AlertDocuments
from gateway.kit import clock
from gateway.kit.periodic import Periodic

_STOP_S = 2.0  # for what is under way, then for what is still held


class AlertRecorder:
    """
    Begins with what an earlier run left.

    Args:
        buffer: Takes from the queue.
        documents: What MongoDB has.
        receiver: None where no webhooks are sent; alerts are then written down only.
        arrived: Set when there is something new.
        is_ledger_up: As it was seen lately. A wrong answer costs a look or a second.
    """

    def __init__(
        self,
        buffer: AlertBuffer,
        documents: AlertDocuments,
        receiver: Receiver | None,
        *,
        arrived: asyncio.Event,
        is_ledger_up: Callable[[], bool],
    ) -> None:
        self._buffer = buffer
        self._documents = documents
        self._receiver = receiver
        self._is_ledger_up = is_ledger_up
        self._recording = Periodic("alerts", self._turn, every_s=LOOK_S, expected=(LedgerFailure,), woken=arrived)

    async def start(self) -> None:
        """Begin."""
        await self._buffer.take_up()
        await self._recording.start()

    async def close(self) -> None:
        """Finish what is under way; what the ledger did not get is tried once more, and is on the disk."""
        await self._recording.finish(within_s=_STOP_S)
        await self._buffer.take_in()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await self._deliver_buffered()
        if self._receiver is not None:
            await self._receiver.close()

    async def _turn(self) -> bool:
        """Whether there is more to do at once."""
        await self._buffer.take_in()
        if not self._is_ledger_up():
            return await self._deliver_buffered()
        try:
            while entries := self._buffer.some():
                await self._documents.record(entries)
                await self._buffer.let_go(entries)
        except LedgerFailure:
            return await self._deliver_buffered()
        return False

    async def _deliver_buffered(self) -> bool:
        """Straight from memory: an outage of the ledger is what some alerts are about."""
        if self._receiver is None:
            return False
        now = clock.now()

        async def find(kinds: Sequence[AlertKind], limit: int) -> list[Entry]:
            return self._buffer.due(now, kinds, limit)

        due = await most_urgent(find)
        for tried in await asyncio.gather(*(attempt(self._receiver, entries) for entries in fold(due))):
            for entry in tried:
                self._buffer.put(entry)
        return len(due) >= AT_ONCE
