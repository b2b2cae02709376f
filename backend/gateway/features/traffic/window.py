"""The buckets of the last minutes, of all gateways together, and the figures that are shown of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from gateway.features.traffic.bucket import BUCKET_S, Bucket, ClosedBucket, percentiles_ms

_SHARES = (0.50, 0.95, 0.99)
_EMPTY = Bucket()


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


class Window:
    """Adds buckets up by their slot, and remembers what is shown of each until another comes to it."""

    def __init__(self) -> None:
        self._buckets: dict[int, Bucket] = {}
        self._shown: dict[int, Figures] = {}

    def add(self, slot: int, closed: ClosedBucket) -> None:
        """One gateway's bucket; each only once."""
        bucket = self._buckets.get(slot)
        if bucket is None:
            bucket = self._buckets[slot] = Bucket()
        bucket.add(closed)
        self._shown.pop(slot, None)

    def forget_before(self, oldest: int) -> None:
        """These are not shown any more."""
        for slot in [slot for slot in self._buckets if slot < oldest]:
            del self._buckets[slot]
        for slot in [slot for slot in self._shown if slot < oldest]:
            del self._shown[slot]

    def figures(self, slots: Iterable[int]) -> list[Figures]:
        """Of each slot."""
        return [self._shown.get(slot) or self._show(slot) for slot in slots]

    def together(self, slots: range) -> Figures:
        """Of all these slots as one."""
        buckets = [self._buckets[slot] for slot in slots if slot in self._buckets]
        total = Bucket()
        if buckets:
            total.outcomes = _sums(bucket.outcomes for bucket in buckets)
            total.latencies = _sums(bucket.latencies for bucket in buckets)
            total.degraded = sum(bucket.degraded for bucket in buckets)
        return figures(slots[0] * BUCKET_S, total)

    def scores(self, slots: Iterable[int]) -> list[int]:
        """How many risk scores fell into each bin in all these slots."""
        return _sums(self._buckets.get(slot, _EMPTY).scores for slot in slots)

    def _show(self, slot: int) -> Figures:
        shown = self._shown[slot] = figures(slot * BUCKET_S, self._buckets.get(slot, _EMPTY))
        return shown


def _sums(rows: Iterable[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]
