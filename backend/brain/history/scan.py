"""Reads the ledger backwards when a brain starts: the newest payments first, so that most histories are soon there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from brain.domain import DAY_MS, MERCHANT_WINDOW_DAYS, USER_WINDOW_DAYS, Query
from brain.history.ledger import Ledger
from brain.history.memory import Memory
from brain.signals import told_by
from money.currencies import to_reference_minor
from records.labels import RecordedLabel
from records.payments import RecordedPayment

# After an outage payments are re-scored as of their own time: their windows must still be there.
LATE_DAYS = 3
REACH_MS = (max(USER_WINDOW_DAYS, MERCHANT_WINDOW_DAYS) + LATE_DAYS) * DAY_MS


class FirstScan:
    """Fills an empty memory, as far back as any score may look, or until it is full."""

    def __init__(self, ledger: Ledger, memory: Memory, rates: Mapping[str, Decimal]) -> None:
        """Args: rates: Reference currency units for one unit of each currency."""
        self._ledger = ledger
        self._memory = memory
        self._rates = rates
        self._read_back_to: datetime | None = None

    async def read(self) -> None:
        """Read until done. Raises PyMongoError: call it again, and it goes on where it stopped."""
        horizon_ms = to_ms(datetime.now(UTC)) - REACH_MS
        async for page in self._ledger.newest_first(self._read_back_to):
            labels = await self._ledger.labels_of([payment.transaction_id for payment in page])
            has_room = self._memory.add(to_queries(page, self._rates), is_backwards=True)
            label(self._memory, labels)
            if page:
                self._read_back_to = page[-1].created_at
                self._memory.coverage.read_back_to(to_ms(self._read_back_to))
                if has_room and to_ms(self._read_back_to) < horizon_ms:
                    self._memory.coverage.read_far_enough()
                    return
            if not has_room:
                break
        self._memory.coverage.read_all()


def to_queries(payments: Sequence[RecordedPayment], rates: Mapping[str, Decimal]) -> list[Query]:
    """Turn payments of the ledger into the brain's words."""
    return [
        Query(
            payment.transaction_id,
            to_ms(payment.event_time),
            to_reference_minor(payment.money.minor_units, payment.money.currency, rates),
            payment.user_id,
            payment.merchant_id or None,
            False,
            payment.is_blocked,
            *told_by(payment.signals),
        )
        for payment in payments
    ]


def label(memory: Memory, labels: Sequence[RecordedLabel]) -> None:
    """Label payments in the memory."""
    for one in labels:
        memory.label(one.transaction_id, is_fraud=one.is_fraud, known_at_ms=to_ms(one.known_at), revision=one.revision)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)
