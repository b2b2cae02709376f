"""
How fast the backlog is worked off: slowly at first, so that a brain that has just come back is not overloaded again.

A token bucket whose rate doubles each second in which all is well, and halves, after a pause, when more than one in
twenty fails. A lone failure is luck: with a tail of slow answers there is always one.
"""

from collections.abc import Callable

START_PER_S = 50.0  # a twentieth of what one brain can do (docs/benchmarks.md)
FLOOR_PER_S = 5.0
BURST = 8  # turns that may be taken at once
GROWTH_S = 1.0
PAUSE_S = 1.0
FAILURES_MAX = 2.0  # above what comes by luck
LUCK = 0.05  # of a failure that each success makes up for
IDLE_S = 10.0  # after so long without a turn nothing is known of the brain any more


class RateLimiter:
    """A token bucket that says how long to wait, and never sleeps."""

    def __init__(self, per_s_max: float, now_s: Callable[[], float]) -> None:
        """Args: now_s: monotonic seconds."""
        self._per_s_max = per_s_max
        self._now_s = now_s
        self._next_s = self._grown_at_s = self._used_at_s = -float("inf")
        self._failures = 0.0
        self.per_s = min(START_PER_S, per_s_max)

    def restart(self) -> None:
        """Begin slowly: the brain has just come back."""
        self.per_s = min(START_PER_S, self._per_s_max)
        self._grown_at_s = self._now_s()
        self._failures = 0.0

    def take_turn(self) -> float:
        """Take the next turn; the seconds until it."""
        now_s = self._now_s()
        if now_s - self._used_at_s > IDLE_S:
            self.restart()
        self._used_at_s = now_s
        if now_s - self._grown_at_s >= GROWTH_S:
            self.per_s = min(self.per_s * 2, self._per_s_max)
            self._grown_at_s = now_s
        self._next_s = max(self._next_s, now_s - (BURST - 1) / self.per_s)
        wait_s = self._next_s - now_s
        self._next_s += 1 / self.per_s
        return max(0.0, wait_s)

    def succeeded(self) -> None:
        """Note a score."""
        self._failures = max(0.0, self._failures - LUCK)

    def failed(self) -> None:
        """Note that none came. Too many of these slow it down."""
        self._failures += 1
        if self._failures >= FAILURES_MAX:
            self.slow_down()

    def slow_down(self) -> None:
        """Pause, then half as fast. What fails during the pause was under way already, and counts once."""
        now_s = self._now_s()
        self._failures = 0.0
        if self._grown_at_s > now_s:
            return
        self.per_s = max(min(FLOOR_PER_S, self._per_s_max), self.per_s / 2)
        self._next_s = max(self._next_s, now_s + PAUSE_S)
        self._grown_at_s = now_s + PAUSE_S
