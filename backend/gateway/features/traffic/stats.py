"""Traffic figures as GET /stats shows them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from gateway.features.traffic.bucket import BUCKET_S, BUCKETS, SCORE_BINS, Outcome
from gateway.features.traffic.report import Figures, Percentiles, Report
from gateway.features.traffic.schemas import (
    LastSecondsOut,
    LatencyOut,
    OutcomeCountsOut,
    OutcomeRatesOut,
    ScoresOut,
    TrafficBucketOut,
    TrafficOut,
)
from gateway.features.traffic.service import NEWEST_BUCKETS

_NEWEST_S = NEWEST_BUCKETS * BUCKET_S
_Number = TypeVar("_Number", int, float)
_EDGES = [number / SCORE_BINS for number in range(1, SCORE_BINS)]


def to_traffic_out(report: Report) -> TrafficOut:
    """The whole part."""
    return TrafficOut(
        at=report.at,
        bucket_s=BUCKET_S,
        instances=report.instances,
        is_whole=report.is_whole,
        known_from=report.known_from,
        last_10s=LastSecondsOut(
            per_s=OutcomeRatesOut(
                **_named([count / _NEWEST_S for count in report.newest.outcomes]),
                degraded=report.newest.degraded / _NEWEST_S,
            ),
            latency_ms=_to_latency(report.newest.latency_ms),
        ),
        buckets=[_to_bucket(figures) for figures in report.buckets],
        scores=ScoresOut(edges=_EDGES, counts=list(report.scores)),
    )


@lru_cache(maxsize=2 * BUCKETS)  # closed ones stay as they are, and to make all of them again takes 0.5 ms
def _to_bucket(figures: Figures) -> TrafficBucketOut:
    return TrafficBucketOut(
        at=figures.at,
        counts=OutcomeCountsOut(**_named(figures.outcomes), degraded=figures.degraded),
        latency_ms=_to_latency(figures.latency_ms),
    )


def _to_latency(found: Percentiles | None) -> LatencyOut | None:
    return None if found is None else LatencyOut(p50=found.p50, p95=found.p95, p99=found.p99)


def _named(outcomes: Sequence[_Number]) -> dict[str, _Number]:
    return {outcome.name.lower(): outcomes[outcome] for outcome in Outcome}
