"""
From MongoDB to the receiver.

Many workers do this at once: MongoDB lends each alert to one of them at a time. What was sent by a worker that died
before it could say so is sent again with the same id, so a receiver that keeps ids has it once. What concerns
everybody leaves before what concerns one transaction, and flips that queue leave in one webhook.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any

import structlog

from gateway.alerting import AlertKind
from gateway.errors import LedgerFailure
from gateway.features.alerts.alert import Entry, begin, fold, make_alert
from gateway.features.alerts.delivery import AT_ONCE, LOOK_S, Receiver, attempt, most_urgent
from gateway.features.alerts.store import AlertDocuments
from gateway.kit.periodic import Periodic

_log = structlog.get_logger()
_GIVE_UP_S = 60.0
_STOP_S = 2.0  # for what is under way


class AlertDispatcher:
    """
    Delivers what is due.

    Args:
        receiver: None where no webhooks are sent; alerts are then written down only.
        is_ledger_up: As it was seen lately. A wrong answer costs a look or a second.
    """

    def __init__(
        self, documents: AlertDocuments, receiver: Receiver | None, *, is_ledger_up: Callable[[], bool]
    ) -> None:
        self._documents = documents
        self._receiver = receiver
        self._is_ledger_up = is_ledger_up
        self._name = secrets.token_hex(8)
        self._claims = 0
        self._give_up_at_s = 0.0
        self._delivering = Periodic("alerts", self._turn, every_s=LOOK_S, expected=(LedgerFailure,))

    async def start(self) -> None:
        """Begin, with what earlier runs left."""
        await self._delivering.start()

    async def close(self) -> None:
        """Finish what is under way."""
        await self._delivering.finish(within_s=_STOP_S)
        if self._receiver is not None:
            await self._receiver.close()

    async def record(self, raised: Sequence[tuple[AlertKind, str, Mapping[str, Any]]]) -> None:
        """
        Write alerts down, to be sent at once. The first raise of a (kind, key) stands, wherever it was made.

        Raises:
            LedgerUnreadable: perhaps not all of them are. To repeat it is safe.
        """
        alerts = [make_alert(*one) for one in raised]
        if not alerts:
            return
        has_receiver = self._receiver is not None
        new = await self._documents.record([(alert, begin(alert.at, has_receiver=has_receiver)) for alert in alerts])
        for alert in (alert for alert in alerts if alert.webhook_id in new):
            _log.warning("alert.raised", kind=alert.kind, key=alert.key, webhook_id=alert.webhook_id)
        self._delivering.wake()

    async def _turn(self) -> bool:
        """Whether there is more to do at once."""
        if not self._is_ledger_up():
            return False
        if self._receiver is not None:
            return await self._deliver_due(self._receiver)
        if monotonic() >= self._give_up_at_s:
            self._give_up_at_s = monotonic() + _GIVE_UP_S
            await self._documents.give_up_overdue()
        return False

    async def _deliver_due(self, receiver: Receiver) -> bool:
        self._claims += 1
        holder = f"{self._name}/{self._claims}"
        claimed = await most_urgent(partial(self._documents.claim, holder))
        await asyncio.gather(*(self._deliver(receiver, holder, entries) for entries in fold(claimed)))
        return len(claimed) >= AT_ONCE

    async def _deliver(self, receiver: Receiver, holder: str, entries: Sequence[Entry]) -> None:
        tried = await attempt(receiver, entries)
        with contextlib.suppress(LedgerFailure):  # then the receiver gets the same ids again, once the lease is over
            await self._documents.settle(tried, holder=holder)
