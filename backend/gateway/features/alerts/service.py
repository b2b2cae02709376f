"""
The alerts of a gateway: raised anywhere, recorded in MongoDB, where a worker finds them, and shown to people.

While MongoDB is away they go straight to the receiver. What was sent straight is sent again with the same id where
MongoDB does not hear of it, so a receiver that keeps ids has it once.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.alerting import AlertKind
from gateway.errors import LedgerFailure
from gateway.features.alerts.alert import Entry, fold
from gateway.features.alerts.buffer import AlertBuffer, AlertQueue
from gateway.features.alerts.delivery import AT_ONCE, LOOK_S, Receiver, Signer, attempt, most_urgent
from gateway.features.alerts.store import AlertDocuments
from gateway.kit import clock
from gateway.kit.cached import Cached
from gateway.kit.periodic import Periodic
from gateway.ledger.client import Database
from gateway.settings import Settings

_STOP_S = 2.0  # for what is under way, then for what is still held
_COUNTS_FRESH_S = 5.0


class Alerts(Collector):
    """
    Starts before the ledger and closes after it, because its last words are alerts too.

    Args:
        queue: Whose `raise_alert` the parts of the gateway were given.
        is_ledger_up: As it was seen lately. A wrong answer costs a look or a second.

    Attributes:
        documents: What MongoDB has.
        has_receiver: Whether webhooks are sent at all; else alerts are written down only.
    """

    def __init__(
        self, settings: Settings, queue: AlertQueue, database: Database, *, is_ledger_up: Callable[[], bool]
    ) -> None:
        self._receiver = receiver_of(settings)
        self.documents = AlertDocuments(database)
        self.has_receiver = self._receiver is not None
        self._queue = queue
        self._buffer = AlertBuffer(queue, settings.journal_dir, has_receiver=self.has_receiver)
        self._is_ledger_up = is_ledger_up
        self._counts = Cached(self.documents.count, failures=(LedgerFailure,), fresh_s=_COUNTS_FRESH_S, now_s=monotonic)
        self._recording = Periodic("alerts", self._turn, every_s=LOOK_S, expected=(LedgerFailure,), woken=queue.arrived)

    async def start(self) -> None:
        """Begin, with what an earlier run left."""
        await self._buffer.take_up()
        await self._recording.start()

    async def close(self) -> None:
        """Finish what is under way; what the ledger did not get is tried once more, and is on the disk."""
        await self._counts.close()
        await self._recording.finish(within_s=_STOP_S)
        await self._buffer.take_in()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await self._deliver_buffered()
        if self._receiver is not None:
            await self._receiver.close()

    def collect(self) -> Iterator[Metric]:
        """Tell Prometheus what is known now; what the ledger has is left out while that is not known."""
        alerts = GaugeMetricFamily(
            "sentinel_alerts",
            "Alerts in the ledger that are not delivered: on their way (pending), or given up (dead).",
            labels=["state"],
        )
        self._counts.refresh()
        known = self._counts.get_stale()
        if known is not None:
            alerts.add_metric(["pending"], known.value.pending)
            alerts.add_metric(["dead"], known.value.dead)
        yield alerts
        yield GaugeMetricFamily(
            "sentinel_alerts_held",
            "Alerts of this gateway that the ledger does not have yet.",
            value=len(self._buffer) + len(self._queue),
        )
        yield CounterMetricFamily(
            "sentinel_alerts_dropped",
            "Alerts of this gateway that are lost: too many waited.",
            value=self._queue.dropped,
        )

    async def _turn(self) -> bool:
        """Whether there is more to do at once."""
        await self._buffer.take_in()
        if not self._is_ledger_up():
            return await self._deliver_buffered()
        try:
            while entries := self._buffer.some():
                await self.documents.record(entries)
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


def receiver_of(settings: Settings) -> Receiver | None:
    """Whom webhooks are sent to; None where nobody is set."""
    url, secret, previous = settings.webhook_url, settings.webhook_secret, settings.webhook_secret_previous
    if url is None or secret is None:
        return None
    return Receiver(url.get_secret_value(), Signer([s.get_secret_value() for s in (secret, previous) if s is not None]))
