"""
Caches readings of histories, so that a busy user or merchant is fetched and decoded at most once a second.

Without it a batch of 20 busy users carries 15,000 events, more than fits into the read's budget. A reading is
fresh for FRESH_S and may be used until LIFE_S while a newer one is fetched. What this brain itself scored or observed
since comes from `brain.history.recent`; what another brain observed is normally FRESH_S late.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from brain.domain import Event

FRESH_S = 1.0
LIFE_S = 5.0
EVENTS_MAX = 100_000  # 13 MB; a full batch of the busiest merchants has 33,000


class ReadingsCache:
    """Maps ids to their events, bounded in time and in events."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: monotonic seconds."""
        self._clock = clock
        self._readings: OrderedDict[str, tuple[float, Sequence[Event]]] = OrderedDict()  # oldest first
        self._events = 0

    def get(self, key: str) -> Sequence[Event] | None:
        """Return the events of an id; None when they were not read within LIFE_S."""
        reading = self._readings.get(key)
        if reading is None or self._clock() - reading[0] >= LIFE_S:
            return None
        return reading[1]

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return the ids that `get` does not know, each once."""
        return [key for key in dict.fromkeys(keys) if self.get(key) is None]

    def stale(self, keys: Iterable[str]) -> list[str]:
        """Return the ids that were not read within FRESH_S, each once."""
        fresh_since_s = self._clock() - FRESH_S
        return [
            key
            for key in dict.fromkeys(keys)
            if (reading := self._readings.get(key)) is None or reading[0] <= fresh_since_s
        ]

    def put(self, key: str, events: Sequence[Event]) -> None:
        """Keep a new reading; the oldest ones make room."""
        now_s = self._clock()
        self._drop(key)
        self._readings[key] = (now_s, events)
        self._events += len(events)
        while self._readings:
            oldest, (read_s, _) = next(iter(self._readings.items()))
            if now_s - read_s < LIFE_S and self._events <= EVENTS_MAX:
                break
            self._drop(oldest)

    def _drop(self, key: str) -> None:
        reading = self._readings.pop(key, None)
        if reading is not None:
            self._events -= len(reading[1])
