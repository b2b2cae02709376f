"""The figures as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from gateway.features.traffic.bucket import Bucket
from gateway.features.traffic.latency import percentiles_ms

_SHARES = (0.50, 0.95, 0.99)


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
    """What is shown of a bucket that starts then, in seconds since the epoch."""
    found = percentiles_ms(bucket.latencies, _SHARES)
    latency_ms = None if found is None else Percentiles(*found)
    return Figures(datetime.fromtimestamp(at_s, UTC), tuple(bucket.outcomes), bucket.degraded, latency_ms)
