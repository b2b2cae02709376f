"""
This process's own traffic: the bucket that is being filled, and the closed ones of the last minutes.

A bucket is closed once its two seconds are over, and never changes again, so that it can be told to others. A clock
that is set back a little fills the newest bucket until it has caught up; one that is set back further begins anew.
"""

import secrets
from collections.abc import Callable

from gateway.traffic.bucket import BUCKET_S, BUCKETS, SCORE_BINS, Bucket, Outcome
from gateway.traffic.latency import bin_of

_LAST_SCORE_BIN = SCORE_BINS - 1
_SET_BACK_MAX = 5  # buckets


class Recorder:
    """
    Notes requests in bounded memory, 2 kB a bucket.

    Attributes:
        run: names these figures among all: another start, or another beginning, has another.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args: now_s: seconds since the epoch."""
        self.run = ""
        self._now_s = now_s
        self._begin(self._slot_now())

    def note(self, outcome: Outcome, latency_s: float, risk_score: float | None) -> None:
        """One request was answered. On the way of every verdict: about a microsecond, and no memory."""
        if int(self._now_s() // BUCKET_S) != self._slot:
            self._turn()
        bucket = self._filling
        bucket.outcomes[outcome] += 1
        bucket.latencies[bin_of(latency_s)] += 1
        if risk_score is not None:
            bucket.scores[min(int(risk_score * SCORE_BINS), _LAST_SCORE_BIN)] += 1

    def closed(self) -> tuple[int, dict[int, Bucket]]:
        """
        The slot that is being filled, and what the BUCKETS before it and more had, empty ones left out.

        Slots are numbered from the epoch, one for BUCKET_S seconds.
        """
        self._turn()
        return self._slot, self._closed

    def _slot_now(self) -> int:
        return int(self._now_s() // BUCKET_S)

    def _begin(self, slot: int) -> None:
        self.run = secrets.token_hex(6)
        self._slot = slot
        self._filling = Bucket()
        self._closed: dict[int, Bucket] = {}

    def _turn(self) -> None:
        slot = self._slot_now()
        if slot < self._slot - _SET_BACK_MAX:
            self._begin(slot)
        elif slot > self._slot:
            self._close(slot)

    def _close(self, slot: int) -> None:
        if self._filling.requests:
            self._closed[self._slot] = self._filling
            self._filling = Bucket()
        self._slot = slot
        oldest = slot - BUCKETS - 1  # one more than is shown: see traffic.py
        self._closed = {at: bucket for at, bucket in self._closed.items() if at >= oldest}
