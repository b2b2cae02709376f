"""
One history as arrays, a column for each field of Event: what batches are laid out from.

Reading 768 Event objects attribute by attribute cost 0.47 ms a transaction, most of a score at a busy merchant.
A history is made once when it is read, and used for every score until it is read again.
"""

from collections.abc import Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from brain.history import Event

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = Mapping[str, tuple[bool, int]]  # transaction id to is_fraud and known_at_ms

# Older than anything, and still safe to add to a time.
NEVER_MS = 2**61


def key_of(text: str) -> int:
    """An id as 64 bits, the same within this process only. Two of 512 ids share one once in 10^14 histories."""
    return hash(text)


class EventColumns(Sequence[Event]):
    """
    Events of one history, each transaction once; a read-only sequence of Event.

    Attributes:
        ids: (n,) key_of each transaction id.
        time_ms: (n,) event times.
        amount_minor: (n,) hundredths of the reference currency.
        parties: (n,) key_of each counterparty.
        fraud: (n,) labelled as fraud.
        known_at_ms: (n,) when that became known; NEVER_MS without a label.
    """

    __slots__ = (
        "_id_texts", "_known", "_party_texts", "amount_minor", "fraud", "ids", "known_at_ms", "parties", "time_ms",
    )  # fmt: skip

    def __init__(
        self,
        transaction_ids: Sequence[str],
        time_ms: Sequence[int],
        amount_minor: Sequence[int],
        counterparties: Sequence[str],
        labels: Labels,
    ) -> None:
        """Args: all of length n, no transaction id twice; labels: of those that have one."""
        self._id_texts = transaction_ids
        self._party_texts = counterparties
        self._known: frozenset[str] | None = None  # made when first needed
        n = len(transaction_ids)
        self.ids = np.fromiter(map(key_of, transaction_ids), np.int64, n)
        self.time_ms = np.array(time_ms, dtype=np.int64)
        self.amount_minor = np.array(amount_minor, dtype=np.int64)
        self.parties = np.fromiter(map(key_of, counterparties), np.int64, n)
        self.fraud = np.zeros(n, dtype=np.bool_)
        self.known_at_ms = np.full(n, NEVER_MS)
        if labels:
            for index, transaction_id in enumerate(transaction_ids):
                if transaction_id in labels:
                    self.fraud[index], self.known_at_ms[index] = labels[transaction_id]

    @classmethod
    def of(cls, events: Sequence[Event]) -> "EventColumns":
        """From any events; of two copies of one transaction the labelled one is taken."""
        if isinstance(events, cls):
            return events
        best: dict[str, Event] = {}
        for event in events:
            held = best.get(event.transaction_id)
            if held is None or (held.is_fraud is None and event.is_fraud is not None):
                best[event.transaction_id] = event
        return cls(
            list(best),
            [event.time_ms for event in best.values()],
            [event.amount_minor for event in best.values()],
            [event.counterparty for event in best.values()],
            {
                event.transaction_id: (event.is_fraud, event.known_at_ms)
                for event in best.values()
                if event.is_fraud is not None and event.known_at_ms is not None
            },
        )

    def plus(self, events: Sequence[Event]) -> "EventColumns":
        """With those of the events that it does not hold yet."""
        if self._known is None:
            self._known = frozenset(self._id_texts)
        new = [event for event in events if event.transaction_id not in self._known]
        if not new:
            return self
        more = EventColumns.of(new)
        both = object.__new__(EventColumns)
        both._known = None
        both._id_texts = [*self._id_texts, *more._id_texts]
        both._party_texts = [*self._party_texts, *more._party_texts]
        both.ids = np.concatenate((self.ids, more.ids))
        both.time_ms = np.concatenate((self.time_ms, more.time_ms))
        both.amount_minor = np.concatenate((self.amount_minor, more.amount_minor))
        both.parties = np.concatenate((self.parties, more.parties))
        both.fraud = np.concatenate((self.fraud, more.fraud))
        both.known_at_ms = np.concatenate((self.known_at_ms, more.known_at_ms))
        return both

    def __len__(self) -> int:
        return len(self._id_texts)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        known_at_ms = int(self.known_at_ms[index])
        is_labelled = known_at_ms != NEVER_MS
        return Event(
            self._id_texts[index],
            int(self.time_ms[index]),
            int(self.amount_minor[index]),
            self._party_texts[index],
            bool(self.fraud[index]) if is_labelled else None,
            known_at_ms if is_labelled else None,
        )
