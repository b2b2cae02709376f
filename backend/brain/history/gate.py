"""
Decides whether history is read at all.

    reading ──3 failures in a row──> shut ──1 s──> one trial ──success──> reading
                                       ^───────────failure───────┘
"""

from collections.abc import Callable

FAILURES_MAX = 3  # in a row; one late read is a busy disk, three are an outage
SHUT_S = 1.0  # how long scores go without history before one of them tries to read it


class ReadGate:
    """Holds the state; reads must come one at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: monotonic seconds."""
        self._clock = clock
        self._failures = 0
        self._shut_until_s = 0.0

    @property
    def is_shut(self) -> bool:
        """Whether so many reads have failed that the next one is only a trial."""
        return self._failures >= FAILURES_MAX

    def admits(self) -> bool:
        """Whether to read now."""
        return not self.is_shut or self._clock() >= self._shut_until_s

    def failed(self) -> bool:
        """Note that a read failed or came late. Returns whether this shut the gate."""
        self._failures += 1
        self._shut_until_s = self._clock() + SHUT_S
        return self._failures == FAILURES_MAX

    def succeeded(self) -> bool:
        """Note that a read came in time. Returns whether this opened a shut gate."""
        was_shut = self.is_shut
        self._failures = 0
        return was_shut
