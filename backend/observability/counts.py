"""Metrics that are plain numbers until they are scraped: Prometheus' own cost up to a microsecond at each count."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import INF, floatToGoString

Labels = tuple[str | int, ...]


class Counts(Collector):
    """
    Counters of one name, for one event loop.

    Args:
        name: Without `_total`.
        help_text: For people.
        labels: Their names.
        series: Values of the labels that are told from the start, with 0: what appears with its first count has no
            growth to be seen.
    """

    def __init__(self, name: str, help_text: str, labels: Sequence[str], series: Iterable[Labels] = ()) -> None:
        self._name, self._help_text, self._labels = name, help_text, labels
        self._counts: dict[Labels, int] = dict.fromkeys(series, 0)

    def __len__(self) -> int:
        """How many series there are."""
        return len(self._counts)

    def add_known(self, labels: Labels) -> bool:
        """Count one, if there is such a series. Returns whether there is."""
        count = self._counts.get(labels)
        if count is None:
            return False
        self._counts[labels] = count + 1
        return True

    def add(self, *labels: str | int) -> None:
        """Count one."""
        self._counts[labels] = self._counts.get(labels, 0) + 1

    def collect(self) -> Iterator[Metric]:
        """For a scrape."""
        family = CounterMetricFamily(self._name, self._help_text, labels=self._labels)
        for labels, count in self._counts.items():
            family.add_metric([str(value) for value in labels], count)
        yield family


class Durations(Collector):
    """
    A histogram of seconds.

    Args:
        bounds_s: Upper bounds of its buckets, ascending; what is beyond has a bucket of its own.
    """

    def __init__(self, name: str, help_text: str, bounds_s: Sequence[float]) -> None:
        self._name, self._help_text, self._bounds_s = name, help_text, bounds_s
        self._counts = [0] * (len(bounds_s) + 1)
        self._sum_s = 0.0

    def add(self, duration_s: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds_s, duration_s)] += 1
        self._sum_s += duration_s

    def collect(self) -> Iterator[Metric]:
        """For a scrape."""
        bounds = map(floatToGoString, (*self._bounds_s, INF))
        buckets = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._help_text, buckets=buckets, sum_value=self._sum_s)
