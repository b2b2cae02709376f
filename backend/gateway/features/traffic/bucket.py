"""
What was answered in two seconds: by outcome, by latency, by risk score.

Latencies are counts in fixed bins that grow by 7.5 % each: percentiles cannot be added or averaged, counts can.
Whatever falls into a bin is told as its geometric middle: a percentile is within 4 % of the one that all values sorted
would give, from 0.1 ms to 30 s; what is faster or slower is told as these.

A window has the buckets of the last minutes, of all gateways together, and the figures that are shown of them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

_MIN_S = 0.0001
_MAX_S = 30.0
_BINS_PER_DECADE = 32
BINS = math.ceil(math.log10(_MAX_S / _MIN_S) * _BINS_PER_DECADE) + 1
# where each bin but the first begins; the place of a latency by `bisect_right` is its bin, the shortest first
BIN_EDGES_S = (*(_MIN_S * 10 ** (number / _BINS_PER_DECADE) for number in range(1, BINS - 1)), _MAX_S)
BUCKET_S = 2
BUCKETS = 120  # 240 s
SCORE_BINS = 20
_OUTCOMES = 5

_Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_LatencyBin = Annotated[int, Meta(ge=0, lt=BINS)]
_ScoreBin = Annotated[int, Meta(ge=0, lt=SCORE_BINS)]
_SHARES = (0.50, 0.95, 0.99)


def percentiles_ms(counts: Sequence[int], shares: Sequence[float]) -> list[float] | None:
    """
    Nearest-rank percentiles.

    Args:
        counts: how many latencies fell into each of the BINS.
        shares: in 0..1, ascending.

    Returns:
        For each share the latency, in milliseconds, that so many took at most; None when nothing was counted.
    """
    total = sum(counts)
    if total == 0:
        return None
    found, seen, at = list[float](), 0, -1
    for share in shares:
        rank = max(1, math.ceil(share * total))
        while seen < rank:
            at += 1
            seen += counts[at]
        found.append(_MIDDLES_MS[at])
    return found


def _middle_ms(number: int) -> float:
    middle_s = _MIN_S * 10 ** ((number + 0.5) / _BINS_PER_DECADE)
    return float(f"{min(middle_s, _MAX_S) * 1000:.4g}")  # more digits than it knows would only fill replies


_MIDDLES_MS = tuple(_middle_ms(number) for number in range(BINS))


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
        latencies: How many fell into each bin of latency, of all outcomes.
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
        """Freeze what was counted; None when nothing was."""
        if not any(self.outcomes):
            return None
        return ClosedBucket(
            outcomes=self.outcomes,
            latencies={number: count for number, count in enumerate(self.latencies) if count},
            scores={number: count for number, count in enumerate(self.scores) if count},
            degraded=self.degraded,
        )


class Percentiles(NamedTuple):
    """Of latencies, in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """
    One bucket, or several together.

    Attributes:
        at: Its start.
        outcomes: In the order of Outcome.
        degraded: Of what was scored, without history.
        latency_ms: None when nothing was asked.
    """

    at: datetime
    outcomes: Sequence[int]
    degraded: int
    latency_ms: Percentiles | None


@dataclass(frozen=True, slots=True)
class Report:
    """
    Attributes:
        at: The end of the newest bucket.
        instances: Gateway processes whose figures come in.
        is_whole: False while others' do not.
        known_from: Nothing is known of what was before, which is not zero.
        newest: The last 10 s.
        buckets: Oldest first.
        scores: Risk scores of all buckets.
    """

    at: datetime
    instances: int
    is_whole: bool
    known_from: datetime
    newest: Figures
    buckets: Sequence[Figures]
    scores: Sequence[int]


def figures(at_s: int, bucket: Bucket) -> Figures:
    """Compute what is shown of a bucket that starts then, in seconds since the epoch."""
    found = percentiles_ms(bucket.latencies, _SHARES)
    latency_ms = None if found is None else Percentiles(*found)
    return Figures(datetime.fromtimestamp(at_s, UTC), tuple(bucket.outcomes), bucket.degraded, latency_ms)


_EMPTY = Bucket()


class Window:
    """Adds buckets up by their slot, and remembers what is shown of each until another comes to it."""

    def __init__(self) -> None:
        self._buckets: dict[int, Bucket] = {}
        self._shown: dict[int, Figures] = {}

    def add(self, slot: int, closed: ClosedBucket) -> None:
        """Add one gateway's bucket; each only once."""
        bucket = self._buckets.get(slot)
        if bucket is None:
            bucket = self._buckets[slot] = Bucket()
        bucket.add(closed)
        self._shown.pop(slot, None)

    def forget_before(self, oldest: int) -> None:
        """Forget what is not shown any more."""
        for slot in [slot for slot in self._buckets if slot < oldest]:
            del self._buckets[slot]
        for slot in [slot for slot in self._shown if slot < oldest]:
            del self._shown[slot]

    def figures(self, slots: Iterable[int]) -> list[Figures]:
        """Compute what is shown of each slot."""
        return [self._shown.get(slot) or self._show(slot) for slot in slots]

    def together(self, slots: range) -> Figures:
        """Compute what is shown of all these slots as one."""
        buckets = [self._buckets[slot] for slot in slots if slot in self._buckets]
        total = Bucket()
        if buckets:
            total.outcomes = _sums(bucket.outcomes for bucket in buckets)
            total.latencies = _sums(bucket.latencies for bucket in buckets)
            total.degraded = sum(bucket.degraded for bucket in buckets)
        return figures(slots[0] * BUCKET_S, total)

    def scores(self, slots: Iterable[int]) -> list[int]:
        """Count the risk scores that fell into each bin in all these slots."""
        return _sums(self._buckets.get(slot, _EMPTY).scores for slot in slots)

    def _show(self, slot: int) -> Figures:
        shown = self._shown[slot] = figures(slot * BUCKET_S, self._buckets.get(slot, _EMPTY))
        return shown


def _sums(rows: Iterable[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]
