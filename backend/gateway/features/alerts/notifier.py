"""
From the queue into MongoDB, and from there to the receiver; straight to the receiver while MongoDB is away.

Many gateways do this at once: MongoDB lends each alert to one of them at a time. What was sent straight, or sent by a
gateway that died before it could say so, is sent again with the same id, so a receiver that keeps ids has it once.
What concerns everybody leaves before what concerns one transaction, and flips that queue leave in one webhook.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic

import structlog

from gateway.alerting import BY_URGENCY, AlertKind
from gateway.errors import LedgerFailure
from gateway.features.alerts.alert import FOLDED_MAX, AlertState, Entry, advance, fold, to_message
from gateway.features.alerts.buffer import AlertBuffer
from gateway.features.alerts.delivery import Receiver
from gateway.features.alerts.store import AlertDocuments
from gateway.kit import clock
from gateway.kit.periodic import Periodic

_log = structlog.get_logger()
_LOOK_S = 1.0  # for what became due, or was raised by a gateway that is gone
_AT_ONCE = 5  # webhooks beside those of flips, at most as many again; a receiver that hangs takes 5 s for each
_GIVE_UP_S = 60.0
_STOP_S = 2.0  # for what is under way, then for what is still held


class Sender:
    """
    Begins with what an earlier run left.

    Args:
        buffer: Takes from the queue.
        documents: What MongoDB has.
        receiver: None where no webhooks are sent; alerts are then written down only.
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
        self._name = secrets.token_hex(8)
        self._claims = 0
        self._give_up_at_s = 0.0
        self._sending = Periodic("alerts", self._turn, every_s=_LOOK_S, expected=(LedgerFailure,), woken=arrived)

    async def start(self) -> None:
        """Begin."""
        await self._buffer.take_up()
        await self._sending.start()

    async def close(self) -> None:
        """Finish what is under way; what the ledger did not get is tried once more, and is on the disk."""
        await self._sending.finish(within_s=_STOP_S)
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
        if self._receiver is not None:
            return await self._deliver_claimed(self._receiver)
        if monotonic() >= self._give_up_at_s:
            self._give_up_at_s = monotonic() + _GIVE_UP_S
            await self._documents.give_up_overdue()
        return False

    async def _deliver_buffered(self) -> bool:
        """Straight from memory: an outage of the ledger is what some alerts are about."""
        if self._receiver is None:
            return False
        now = clock.now()

        async def find(kinds: Sequence[AlertKind], limit: int) -> list[Entry]:
            return self._buffer.due(now, kinds, limit)

        due = await _most_urgent(find)
        for tried in await asyncio.gather(*(self._attempt(self._receiver, entries) for entries in fold(due))):
            for entry in tried:
                self._buffer.put(entry)
        return len(due) >= _AT_ONCE

    async def _deliver_claimed(self, receiver: Receiver) -> bool:
        self._claims += 1
        holder = f"{self._name}/{self._claims}"
        claimed = await _most_urgent(partial(self._documents.claim, holder))
        await asyncio.gather(*(self._deliver(receiver, holder, entries) for entries in fold(claimed)))
        return len(claimed) >= _AT_ONCE

    async def _deliver(self, receiver: Receiver, holder: str, entries: Sequence[Entry]) -> None:
        tried = await self._attempt(receiver, entries)
        try:
            await self._documents.settle(tried, holder=holder)
        except LedgerFailure:  # it is told later, or the receiver gets the same ids again
            for entry in tried:
                self._buffer.put(entry)

    async def _attempt(self, receiver: Receiver, entries: Sequence[Entry]) -> list[Entry]:
        """One webhook for all of these."""
        message = to_message([alert for alert, _ in entries])
        outcome = await receiver.deliver(message)
        now, chance = clock.now(), random.random()  # noqa: S311 (what failed together is due together)
        tried = [(alert, advance(progress, outcome, now, chance=chance)) for alert, progress in entries]
        states = {after.state for _, after in tried}
        say = _log.error if AlertState.DEAD in states else _log.info
        say(
            f"alert.{'tried' if AlertState.PENDING in states else states.pop()}",
            webhook_id=message.webhook_id,
            kind=message.kind,
            alerts=len(tried),
            attempts=max(after.attempts for _, after in tried),
            error=outcome.error,
        )
        return tried


async def _most_urgent(find: Callable[[Sequence[AlertKind], int], Awaitable[list[Entry]]]) -> list[Entry]:
    """What leaves now: a few alerts of the most urgent kinds, and flips, which leave together."""
    found: list[Entry] = []
    for kinds in BY_URGENCY:
        are_flips = AlertKind.VERDICT_AMENDED in kinds
        if limit := FOLDED_MAX if are_flips else _AT_ONCE - len(found):
            found += await find(kinds, limit)
    return found
