"""Alerts as the rest of the gateway sees them: raise one, look at them, and have them recorded."""

from collections.abc import Callable
from time import monotonic

from pydantic import SecretStr

from gateway.errors import LedgerFailure
from gateway.features.alerts.buffer import AlertBuffer
from gateway.features.alerts.collector import AlertCollector
from gateway.features.alerts.delivery import Receiver, Signer
from gateway.features.alerts.queue import AlertQueue
from gateway.features.alerts.recorder import AlertRecorder
from gateway.features.alerts.store import AlertDocuments
from gateway.kit.cached import Cached, refreshed
from gateway.ledger.client import Database
from gateway.settings import Settings

_COUNTS_FRESH_S = 5.0


class Alerts:
    """
    `start` and `close` belong to the gateway's lifespan: before the ledger starts and after it has closed, because its
    last words are alerts too.

    Attributes:
        documents: What MongoDB has.
        has_receiver: Whether webhooks are sent at all.
    """

    def __init__(
        self, settings: Settings, queue: AlertQueue, database: Database, *, is_ledger_up: Callable[[], bool]
    ) -> None:
        """
        Args:
            queue: Whose `raise_alert` the parts of the gateway were given.
            is_ledger_up: As it was seen lately.
        """
        receiver = receiver_of(settings)
        self.documents = AlertDocuments(database)
        self.has_receiver = receiver is not None
        self.raise_alert = queue.raise_alert
        self._queue = queue
        self._buffer = AlertBuffer(queue, settings.journal_dir, has_receiver=self.has_receiver)
        self._counts = Cached(self.documents.count, failures=(LedgerFailure,), fresh_s=_COUNTS_FRESH_S, now_s=monotonic)
        self._recorder = AlertRecorder(
            self._buffer, self.documents, receiver, arrived=queue.arrived, is_ledger_up=is_ledger_up
        )

    async def start(self) -> None:
        """Begin, with what an earlier run left."""
        await self._recorder.start()

    async def close(self) -> None:
        """Finish what is under way."""
        await self._counts.close()
        await self._recorder.close()

    def collector(self) -> AlertCollector:
        """What Prometheus is told of them."""
        return AlertCollector(refreshed(self._counts), self._queue, lambda: len(self._buffer))


def receiver_of(settings: Settings) -> Receiver | None:
    """Whom webhooks are sent to; None where nobody is set."""
    url, secret, previous = settings.webhook_url, settings.webhook_secret, settings.webhook_secret_previous
    if url is None or secret is None:
        return None
    return Receiver(url.get_secret_value(), Signer([_value(s) for s in (secret, previous) if s is not None]))


def _value(secret: SecretStr) -> str:
    return secret.get_secret_value()
