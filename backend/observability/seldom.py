"""Limits the log lines of a frequent event to one a minute."""

from collections.abc import Callable
from time import monotonic

_EVERY_S = 60.0


class Seldom:
    """
    Counts an event and decides when to log it: the first time at once, then once a minute with the count.

    Args:
        every_s: Shortest time between two lines, in seconds.
        now_s: A monotonic clock, in seconds.
    """

    def __init__(self, *, every_s: float = _EVERY_S, now_s: Callable[[], float] = monotonic) -> None:
        self._every_s = every_s
        self._now_s = now_s
        self._logged_at_s: float | None = None
        self._times = 0

    def happened(self, times: int = 1) -> int:
        """Count the event. Returns the count since the last line, or 0 when it is too early for another line."""
        self._times += times
        now_s = self._now_s()
        if self._logged_at_s is not None and now_s - self._logged_at_s < self._every_s:
            return 0
        count, self._times, self._logged_at_s = self._times, 0, now_s
        return count
