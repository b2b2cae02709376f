"""
Knows how much of the ledger the memory holds, and so which scores have their history.

    reading back ──as far as windows reach, or the memory holds──> complete        (once, newest payments first)
    up to date ──no news could be read for LATE_S──> late ──news──> up to date     (from then on)
"""

import math
from collections.abc import Callable

LATE_S = 10.0  # what this brain scored itself counts meanwhile; a new primary is elected in less
CLOCKS_MS = 60_000  # how far the clocks of two gateways may differ
NOTHING_MS, ALL_MS = 2**61, -(2**61)


class Coverage:
    """
    Holds both states.

    Attributes:
        since_ms: All payments since then are in the memory, or were and had to make room; milliseconds since the epoch.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args: now_s: monotonic seconds."""
        self._now_s = now_s
        self.since_ms = NOTHING_MS
        self._news_at_s = -math.inf

    def read_back_to(self, created_at_ms: int) -> None:
        """Note that all payments that were decided at this time or later were read."""
        self.since_ms = created_at_ms + CLOCKS_MS

    def read_all(self) -> None:
        """Note that all payments were read, as far back as any window reaches."""
        self.since_ms = ALL_MS

    def news_read(self) -> None:
        """Note that everything that was settled a moment ago is in the memory."""
        self._news_at_s = self._now_s()

    @property
    def is_late(self) -> bool:
        """Whether the ledger holds, or may hold, older payments than LATE_S that are not in the memory."""
        return self._now_s() - self._news_at_s > LATE_S

    @property
    def is_complete(self) -> bool:
        """Whether every score has its history now."""
        return self.since_ms == ALL_MS and not self.is_late
