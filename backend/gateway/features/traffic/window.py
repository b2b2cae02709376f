"""The buckets of the last minutes, of all gateways together, as they are shown."""

from collections.abc import Iterable

from gateway.features.traffic.bucket import BUCKET_S, Bucket, ClosedBucket
from gateway.features.traffic.report import Figures, figures

_EMPTY = Bucket()


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
