"""
How many items of batches may be under way at once, as their own pace says: fewer while turns are slow.

A busy machine or a slow ledger shows in how long a turn takes. What is slow at any number, such as an injected latency,
is no reason: so a turn is slow when it takes several times as long as the quickest one lately.
"""

from collections.abc import Callable

SLOW_S = 0.1  # a turn takes about 0.02: score, record, and what queues before it
SLOW_FACTOR = 3.0  # times the quickest
LATELY_S = 10.0
SIZE_MIN = 4


class TurnLimit:
    """Halves after a slow turn, once for all that were under way, and grows by one for each round of quick ones."""

    def __init__(self, size_max: int, now_s: Callable[[], float]) -> None:
        """
        Args:
            size_max: The number to begin with, and to come back to.
            now_s: Monotonic seconds.
        """
        self._size = float(size_max)
        self._size_max = size_max
        self._now_s = now_s
        self._reduced_at_s = self._lately_since_s = -float("inf")
        self._quickest_s = float("inf")

    @property
    def size(self) -> int:
        """How many at once."""
        return int(self._size)

    def turn_ended(self, began_s: float) -> None:
        """One more turn is over. Args: began_s: by the same clock."""
        now_s = self._now_s()
        took_s = now_s - began_s
        if now_s - self._lately_since_s > LATELY_S:
            self._lately_since_s, self._quickest_s = now_s, took_s
        self._quickest_s = min(self._quickest_s, took_s)
        if took_s <= max(SLOW_S, SLOW_FACTOR * self._quickest_s):
            self._size = min(self._size_max, self._size + 1 / self._size)
        elif began_s >= self._reduced_at_s:
            self._size = max(min(SIZE_MIN, self._size_max), self._size / 2)
            self._reduced_at_s = now_s
