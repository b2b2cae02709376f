"""Keeps what this brain knows of past payments: the ring, labels whose payment is still to come, and the coverage."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from brain.columns import KEYS, TRANSACTION, Rows
from brain.domain import Query
from brain.history.coverage import Coverage
from brain.history.layout import COMMITTED, NEXT, OLDEST, Ring, make_ring
from brain.history.ring import add_label, add_recorded, add_scored, forget_person, remove_scored
from brain.history.rows import key_of, rows_of

_LABELS_WAITING_MAX = 10_000


class Memory:
    """
    Adds, labels and forgets payments. Bounded; nothing here waits or fails.

    Attributes:
        ring: The payments, for compiled functions.
        coverage: Which of them may be missing.
        now_s: monotonic seconds.
    """

    def __init__(self, size_mib: float, now_s: Callable[[], float] = time.monotonic) -> None:
        """
        Args:
            size_mib: How much memory the payments may take. It is taken at once.
            now_s: monotonic seconds.
        """
        self.ring: Ring = make_ring(size_mib)
        self.coverage = Coverage(now_s)
        self.now_s = now_s
        self._started_s = now_s()
        self._waiting: OrderedDict[int, tuple[bool, int, int]] = OrderedDict()  # labels, the oldest first

    @property
    def payments(self) -> int:
        """How many payments of the ledger it holds."""
        return int(self.ring.state[COMMITTED])

    @property
    def since_ms(self) -> int:
        """Event time of the payment that came first of those it holds, milliseconds since the epoch; 0 without any."""
        state, events = self.ring.state, self.ring.events
        return int(events[state[OLDEST] % len(events)]["time_ms"]) if state[NEXT] > state[OLDEST] else 0

    @property
    def is_full(self) -> bool:
        """Whether older payments have, or would have, to make room."""
        return bool(self.ring.state[NEXT] - self.ring.state[OLDEST] == len(self.ring.events))

    def add_scored(self, queries: Sequence[Query], rows: Rows) -> None:
        """Add payments that are being scored: they count for the next ones, also before they are in the ledger."""
        kept = [not query.is_canary and query.amount_minor is not None for query in queries]
        add_scored(self.ring, rows if all(kept) else rows[kept], int(self.now_s() - self._started_s))

    def add(self, payments: Sequence[Query], *, is_backwards: bool = False) -> bool:
        """
        Add payments of the ledger, each once; those whose amount has no reference value are left out.

        Args:
            is_backwards: Whether they are older than all others.

        Returns:
            False when they are older and the memory is full.
        """
        rows = rows_of([payment for payment in payments if payment.amount_minor is not None])
        has_room = add_recorded(self.ring, rows, is_backwards) == len(rows)
        if self._waiting:
            for key in rows[:, KEYS + TRANSACTION].tolist():
                if key in self._waiting:
                    add_label(self.ring, key, *self._waiting.pop(key))
        return has_room

    def label(self, transaction_id: str, *, is_fraud: bool, known_at_ms: int, revision: int) -> None:
        """Label a payment, also one that is still to come; of two labels the higher revision counts."""
        key, label = key_of(transaction_id), (is_fraud, known_at_ms, revision)
        if add_label(self.ring, key, *label):
            return
        if revision > self._waiting.get(key, label)[2] or key not in self._waiting:
            self._waiting[key] = label
        while len(self._waiting) > _LABELS_WAITING_MAX:
            self._waiting.popitem(last=False)

    def forget_people_of(self, transaction_ids: Iterable[str]) -> None:
        """Forget who made these payments, with which card, device and addresses; those of the merchants stay."""
        for transaction_id in transaction_ids:
            forget_person(self.ring, key_of(transaction_id))

    def remove_uncommitted(self) -> None:
        """Remove what was scored and never committed, as far as that is known."""
        remove_scored(self.ring, int(max(self.coverage.committed_until_s - self._started_s, 0)))
