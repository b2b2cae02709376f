"""An event that may come thousands of times a second, told in one line a minute."""

from collections.abc import Callable
from time import monotonic

_EVERY_S = 60.0


class Seldom:
    """
    Says when an event is worth a line: the first time at once, then once a minute with the count.

    Args:
        every_s: At least so long between two lines.
        now_s: The clock; tests have their own.
    """

    def __init__(self, *, every_s: float = _EVERY_S, now_s: Callable[[], float] = monotonic) -> None:
        self._every_s = every_s
        self._now_s = now_s
        self._told_at_s: float | None = None
        self._times = 0

    def happened(self) -> int:
        """How often since the last line, this time included; 0 when it is too early for another."""
        self._times += 1
        now_s = self._now_s()
        if self._told_at_s is not None and now_s - self._told_at_s < self._every_s:
            return 0
        times, self._times, self._told_at_s = self._times, 0, now_s
        return times
