"""What was answered in two seconds: by outcome, by latency, by risk score."""

from enum import IntEnum
from typing import Annotated

from msgspec import Meta, Struct

from gateway.features.traffic.latency import BINS

BUCKET_S = 2
BUCKETS = 120  # 240 s
SCORE_BINS = 20
_OUTCOMES = 5

_Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_LatencyBin = Annotated[int, Meta(ge=0, lt=BINS)]
_ScoreBin = Annotated[int, Meta(ge=0, lt=SCORE_BINS)]


class Outcome(IntEnum):
    """What became of a request: a scored verdict, one without a score, or none (5xx). Gateways exchange the numbers."""

    APPROVE = 0
    REVIEW = 1
    BLOCK = 2
    BLIND = 3
    FAILED = 4


class ClosedBucket(Struct, frozen=True, array_like=True):
    """
    Two seconds that are over; what is not named is 0.

    Attributes:
        outcomes: In the order of Outcome.
        latencies: How many fell into each bin of latency.py, of all outcomes.
        scores: How many fell into each of SCORE_BINS equal parts of 0..1, of what was scored.
        degraded: How many of what was scored were scored without history. Last, and with a default: a gateway of an
            older version leaves it out, and ignores it.
    """

    outcomes: Annotated[list[_Count], Meta(min_length=_OUTCOMES, max_length=_OUTCOMES)]
    latencies: dict[_LatencyBin, _Count]
    scores: dict[_ScoreBin, _Count]
    degraded: _Count = 0


class Bucket:
    """Counts that are added to: the same, with a place for each bin."""

    __slots__ = ("degraded", "latencies", "outcomes", "scores")

    def __init__(self) -> None:
        self.outcomes = [0] * _OUTCOMES
        self.latencies = [0] * BINS
        self.scores = [0] * SCORE_BINS
        self.degraded = 0

    def add(self, closed: ClosedBucket) -> None:
        """Count these as well."""
        for outcome, count in enumerate(closed.outcomes):
            self.outcomes[outcome] += count
        for number, count in closed.latencies.items():
            self.latencies[number] += count
        for number, count in closed.scores.items():
            self.scores[number] += count
        self.degraded += closed.degraded

    def close(self) -> ClosedBucket | None:
        """What was counted; None when nothing was."""
        if not any(self.outcomes):
            return None
        return ClosedBucket(
            outcomes=self.outcomes,
            latencies={number: count for number, count in enumerate(self.latencies) if count},
            scores={number: count for number, count in enumerate(self.scores) if count},
            degraded=self.degraded,
        )
