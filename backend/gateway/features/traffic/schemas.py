"""What GET /stats says of traffic."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from gateway.api.reply import Reply, Time
from gateway.features.traffic.bucket import BUCKET_S, BUCKETS, SCORE_BINS, Figures, Outcome, Percentiles, Report
from gateway.features.traffic.service import NEWEST_BUCKETS

_NEWEST_S = NEWEST_BUCKETS * BUCKET_S
_Number = TypeVar("_Number", int, float)
_EDGES = [number / SCORE_BINS for number in range(1, SCORE_BINS)]


class LatencyOut(Reply):
    """From request to reply in the gateway, the ledger's write included, in milliseconds; each within 4 %."""

    p50: float
    p95: float
    p99: float


class OutcomeCountsOut(Reply):
    """
    Requests by what was answered; what repeats an earlier one counts as well.

    `approve`, `review` and `block` had a score; of these, `degraded` had one that was made without history. `blind` had
    none, whatever was decided; `failed` were answered 5xx.
    """

    approve: int
    review: int
    block: int
    blind: int
    failed: int
    degraded: int


class OutcomeRatesOut(Reply):
    """The same in requests per second."""

    approve: float
    review: float
    block: float
    blind: float
    failed: float
    degraded: float


class LastSecondsOut(Reply):
    """The newest 10 s; `latency_ms` is null when nothing was asked."""

    per_s: OutcomeRatesOut
    latency_ms: LatencyOut | None


class TrafficBucketOut(Reply):
    """`at` is its start; `latency_ms` is null when nothing was asked."""

    at: Time
    counts: OutcomeCountsOut
    latency_ms: LatencyOut | None


class ScoresOut(Reply):
    """Risk scores of all buckets: n `edges`, n + 1 `counts`, an edge belongs to the bin above it."""

    edges: list[float]
    counts: list[int]


class TrafficOut(Reply):
    """
    Transactions of all gateways in the last 240 s, those posted in a batch one by one.

    `at` is the end of the newest bucket, `buckets` are oldest first and `bucket_s` long. `instances` are the gateway
    processes whose figures come in. `is_whole` is false while figures of others are missing, or
    nobody knows whether there are any: the ledger, through which they come, is away. This gateway knows nothing of
    what was before `known_from`, when it started: buckets from before are empty, which is not zero.
    """

    at: Time
    bucket_s: int
    instances: int
    is_whole: bool
    known_from: Time
    last_10s: LastSecondsOut
    buckets: list[TrafficBucketOut]
    scores: ScoresOut


def to_traffic_out(report: Report) -> TrafficOut:
    """Show a report."""
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
