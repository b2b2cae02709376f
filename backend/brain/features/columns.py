"""
Holds one history as an array, a row for each field of Event, from which batches are laid out.

Reading 768 Event objects attribute by attribute cost 0.47 ms a transaction, most of a score at a busy merchant.
A history is made once when it is read, and used for every score until it is read again.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from brain.domain import Event
from brain.features.windows import NEVER_MS

Ints = NDArray[np.int64]
Labels = Mapping[str, tuple[bool, int]]  # transaction id to is_fraud and known_at_ms

# The only integer that CPython never returns as the hash of a text.
NOBODY = -1

# Separates the texts of a history: only people read them, and as separate objects they would take three quarters of its
# memory. Half a surrogate pair: protobuf and BSON cannot carry it, so no text holds it.
_APART = "\ud800"


def key_of(text: str | None) -> int:
    """Map an id to 64 bits, the same within this process only. Two of 512 ids collide once in 10^14 histories."""
    return hash(text) if text is not None else NOBODY


class EventColumns(Sequence[Event]):
    """
    A read-only sequence of the events of one history, each transaction once.

    Attributes:
        table: (7, n) a row for each field: key_of the transaction id, event time, hundredths of the reference
            currency, key_of the counterparty, 1 where labelled as fraud, when that became known (NEVER_MS
            without a label), 1 where blocked. One array, because a batch joins 64 of them: seven arrays each would
            cost seven times as much.
    """

    __slots__ = ("_id_texts", "_party_texts", "table")

    def __init__(
        self,
        transaction_ids: Sequence[str],
        time_ms: Sequence[int],
        amount_minor: Sequence[int],
        counterparties: Sequence[str],
        labels: Labels,
        *,
        blocked: Collection[str] = (),
    ) -> None:
        """Args: sequences of length n, no transaction id twice; labels: of labelled events; blocked: ids."""
        self._id_texts = _APART.join(transaction_ids)
        self._party_texts = _APART.join(counterparties)
        self.table = np.empty((7, len(transaction_ids)), dtype=np.int64)
        ids, times, amounts, parties, fraud, known_at_ms, is_blocked = self.table
        ids[:] = list(map(hash, transaction_ids))
        times[:], amounts[:] = time_ms, amount_minor
        parties[:] = list(map(hash, counterparties))
        fraud[:], known_at_ms[:], is_blocked[:] = 0, NEVER_MS, 0
        if labels or blocked:
            for index, transaction_id in enumerate(transaction_ids):
                if transaction_id in labels:
                    fraud[index], known_at_ms[index] = labels[transaction_id]
                is_blocked[index] = transaction_id in blocked

    @classmethod
    def of(cls, events: Sequence[Event]) -> "EventColumns":
        """Make columns of events; of two copies of one transaction the labelled one is taken."""
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
            blocked={event.transaction_id for event in best.values() if event.is_blocked},
        )

    def plus(self, events: Sequence[Event]) -> "EventColumns":
        """Return columns that also hold those of the events that are not in these yet."""
        if not events:
            return self
        keys = np.array([key_of(event.transaction_id) for event in events])
        is_known = (keys[:, None] == self.table[0]).any(axis=1)
        new = [event for event, known in zip(events, is_known.tolist(), strict=True) if not known]
        if not new:
            return self
        more = EventColumns.of(new)
        both = object.__new__(EventColumns)
        both._id_texts = _APART.join((self._id_texts, more._id_texts)) if len(self) else more._id_texts
        both._party_texts = _APART.join((self._party_texts, more._party_texts)) if len(self) else more._party_texts
        both.table = np.concatenate((self.table, more.table), axis=1)
        return both

    def __len__(self) -> int:
        return self.table.shape[1]

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        _, time_ms, amount_minor, _, fraud, known_at_ms, is_blocked = self.table[:, index].tolist()
        is_labelled = known_at_ms != NEVER_MS
        return Event(
            self._id_texts.split(_APART)[index],
            time_ms,
            amount_minor,
            self._party_texts.split(_APART)[index],
            bool(fraud) if is_labelled else None,
            known_at_ms if is_labelled else None,
            bool(is_blocked),
        )
