"""
This process's own traffic: the bucket that is being filled, and the closed ones of the last minutes.

A bucket is closed once its two seconds are over, and never changes again, so that it can be told to others. A clock
that is set back a little fills the newest bucket until it has caught up; one that is set back further begins anew.
"""

import secrets
from bisect import bisect_right
from collections.abc import Callable
from time import perf_counter

from gateway.api.metrics import Families
from gateway.domain import Decision, RecordedVerdict
from gateway.errors import GatewayError
from gateway.features.traffic.bucket import BIN_EDGES_S, BUCKET_S, BUCKETS, SCORE_BINS, Bucket, ClosedBucket, Outcome

_LAST_SCORE_BIN = SCORE_BINS - 1
_SET_BACK_MAX = 5  # buckets
_SCORED = {
    Decision.APPROVE: Outcome.APPROVE,
    Decision.REVIEW: Outcome.REVIEW,
    Decision.BLOCK: Outcome.BLOCK,
}


class Recorder:
    """
    Notes requests. Slots are numbered from the epoch, one for BUCKET_S seconds.

    Attributes:
        run: Names these figures among all: another start, or a beginning anew, has another.
        began: The slot in which that was: of what was before nothing is known.
        filling: The slot that is being filled.
        closed: Those before it of the last BUCKETS and one, oldest first, without empty ones.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args: now_s: seconds since the epoch."""
        self._now_s = now_s
        self._begin(self._slot_now())

    def note(self, outcome: Outcome, latency_s: float, risk_score: float | None, is_degraded: bool = False) -> None:
        """
        Count one request that was answered. On the way of every verdict: .8 us, and no memory.

        Args:
            is_degraded: Scored, without history.
        """
        if int(self._now_s() // BUCKET_S) != self.filling:
            self.turn()
        bucket = self._bucket
        bucket.outcomes[outcome] += 1
        bucket.latencies[bisect_right(BIN_EDGES_S, latency_s)] += 1
        if risk_score is not None:
            bucket.scores[min(int(risk_score * SCORE_BINS), _LAST_SCORE_BIN)] += 1
        bucket.degraded += is_degraded

    def turn(self) -> None:
        """Close what is over by now."""
        slot = self._slot_now()
        if slot < self.filling - _SET_BACK_MAX:
            self._begin(slot)
        elif slot > self.filling:
            self._close(slot)

    def _slot_now(self) -> int:
        return int(self._now_s() // BUCKET_S)

    def _begin(self, slot: int) -> None:
        self.run = secrets.token_hex(6)
        self.began = self.filling = slot
        self.closed: dict[int, ClosedBucket] = {}
        self._bucket = Bucket()

    def _close(self, slot: int) -> None:
        closed = self._bucket.close()
        if closed is not None:
            self.closed[self.filling] = closed
            self._bucket = Bucket()
        self.filling = slot
        oldest = slot - BUCKETS - 1
        self.closed = {at: bucket for at, bucket in self.closed.items() if at >= oldest}


class Answers:
    """Notes them, for people and for Prometheus. On the way of every verdict: 1.5 us."""

    def __init__(self, note: Callable[[Outcome, float, float | None, bool], None], families: Families) -> None:
        """Args: note: of the Recorder."""
        self._note = note
        self._families = families

    def given(self, recorded: RecordedVerdict, *, since_s: float) -> None:
        """Count a verdict, also one given before. Args: since_s: when its handling began, on perf_counter's clock."""
        latency_s = perf_counter() - since_s
        ruling = recorded.verdict.ruling
        if ruling.score is None:
            self._note(Outcome.BLIND, latency_s, None, False)
        else:
            score = ruling.score
            self._note(_SCORED[ruling.decision], latency_s, score.risk_score, bool(score.degraded))
        self._families.verdict(recorded, latency_s)

    def denied(self, error: Exception, *, since_s: float) -> None:
        """Count a request without a verdict, unless it was the caller's mistake. Args: as above."""
        if not isinstance(error, GatewayError) or error.status >= 500:
            self._note(Outcome.FAILED, perf_counter() - since_s, None, False)
            self._families.no_verdict()
