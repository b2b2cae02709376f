"""
Knows how much of the ledger the memory holds, and so which scores have their history.

    reading back ──as far as windows reach, or the memory holds──> complete        (once, newest payments first)
    up to date ──no news could be read for LATE_S──> late ──news──> up to date     (from then on)
"""

import math
from collections.abc import Callable

LATE_S = 10.0  # what this brain scored itself counts meanwhile; a new primary is elected in less
UNCOMMITTED_S = 600.0  # gateways bring what waits in their journals in less, once the ledger is back
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
        self._is_read_back = False
        self._news_at_s = -math.inf
        self._steady_since_s = math.inf

    def read_back_to(self, created_at_ms: int) -> None:
        """Note that all payments that were decided at this time or later were read."""
        self.since_ms = created_at_ms + CLOCKS_MS

    def read_far_enough(self) -> None:
        """Note that older payments are left in the ledger: no window of a payment of these days reaches them."""
        self._is_read_back = True

    def read_all(self) -> None:
        """Note that all payments were read, or as many as there is room for."""
        self.since_ms = ALL_MS
        self._is_read_back = True

    def news_read(self, at_s: float) -> None:
        """Note that everything that was settled then is in the memory."""
        if self.is_late:
            self._steady_since_s = at_s
        self._news_at_s = at_s

    @property
    def is_late(self) -> bool:
        """Whether the ledger holds, or may hold, older payments than LATE_S that are not in the memory."""
        return self._now_s() - self._news_at_s > LATE_S

    @property
    def committed_until_s(self) -> float:
        """
        What was scored by then and is not in the memory as a record was never committed.

        After an outage of the ledger that takes its time: what gateways kept meanwhile comes after it.
        """
        steady_s = self._news_at_s - self._steady_since_s
        return self._news_at_s - UNCOMMITTED_S if steady_s >= UNCOMMITTED_S else -math.inf

    @property
    def is_complete(self) -> bool:
        """Whether every score of a payment of these days has its history now."""
        return self._is_read_back and not self.is_late
