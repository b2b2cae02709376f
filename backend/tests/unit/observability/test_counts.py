"""What was counted is told as Prometheus' own families would tell it, to the letter."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector

from observability.counts import Counts, Durations

BOUNDS_S = (0.0025, 0.1, 1.0)


def scraped(family: Collector) -> list[str]:
    """Its lines, without the times at which Prometheus' own counters were made."""
    registry = CollectorRegistry()
    registry.register(family)
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


def test_counters_are_told_as_prometheus_own() -> None:
    """Also those that have counted nothing yet, and odd values."""
    counts = Counts("some_requests", "Some.", ["route", "status"], [("/a", 200)])
    own = Counter("some_requests", "Some.", ["route", "status"], registry=None)
    own.labels("/a", "200")
    for route in ('/"b\\', '/"b\\', "/c\n"):
        counts.add(route, 404)
        own.labels(route, "404").inc()

    assert scraped(counts) == scraped(own)


def test_a_histogram_is_told_as_prometheus_own() -> None:
    """Each bound belongs to the bucket below it, and what is beyond the last is counted too."""
    durations = Durations("some_seconds", "Some.", BOUNDS_S)
    own = Histogram("some_seconds", "Some.", buckets=BOUNDS_S, registry=None)
    assert scraped(durations) == scraped(own)

    for duration_s in (0.0, 0.0025, 0.05, 0.1, 0.7, 3.0):
        durations.add(duration_s)
        own.observe(duration_s)

    assert scraped(durations) == scraped(own)
