"""What was answered in two seconds: by outcome, by latency, by risk score."""

from enum import IntEnum

from gateway.traffic.latency import BINS

BUCKET_S = 2
BUCKETS = 120  # 240 s
SCORE_BINS = 20


class Outcome(IntEnum):
    """What became of a request: a scored verdict, one without a score, or none (5xx). Numbers are of the wire."""

    APPROVE = 0
    REVIEW = 1
    BLOCK = 2
    BLIND = 3
    FAILED = 4


class Bucket:
    """
    Counts that are added to, and to each other.

    Attributes:
        outcomes: as many as there are Outcomes.
        latencies: of all of them, in the bins of latency.py.
        scores: SCORE_BINS of equal width from 0 to 1; of scored ones only.
    """

    __slots__ = ("latencies", "outcomes", "scores")

    def __init__(self) -> None:
        self.outcomes = [0] * len(Outcome)
        self.latencies = [0] * BINS
        self.scores = [0] * SCORE_BINS

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.outcomes)

    def add(self, other: "Bucket") -> None:
        """Count what the other counted as well."""
        self.outcomes = [a + b for a, b in zip(self.outcomes, other.outcomes, strict=True)]
        self.latencies = [a + b for a, b in zip(self.latencies, other.latencies, strict=True)]
        self.scores = [a + b for a, b in zip(self.scores, other.scores, strict=True)]
