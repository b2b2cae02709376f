"""One gateway's own traffic: each request is in one bucket, and buckets come and go with the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.traffic.bucket import BUCKET_S, BUCKETS, SCORE_BINS, Outcome, Report
from gateway.features.traffic.service import Traffic
from tests.clock import Clock

EVEN_S = 1_800_000_000.0  # a bucket starts then


@pytest.fixture
def clock() -> Clock:
    """The time of day, and of everything else."""
    return clock_at(EVEN_S)


@pytest.fixture
def traffic(clock: Clock) -> Traffic:
    """Of a gateway that is alone."""
    return Traffic(clock, clock)


def test_a_request_is_shown_once_its_bucket_is_closed(traffic: Traffic, clock: Clock) -> None:
    """A bucket that is still being filled would look like a drop in traffic."""
    clock.now_s = EVEN_S + 1.9
    traffic.note(Outcome.APPROVE, 0.012, 0.1)

    assert requests(traffic.report()) == 0

    clock.now_s = EVEN_S + 2.0
    report = traffic.report()
    assert report.at.timestamp() == EVEN_S + 2
    assert (report.buckets[-1].at.timestamp(), report.buckets[-1].outcomes) == (EVEN_S, (1, 0, 0, 0, 0))


def test_buckets_are_the_last_four_minutes_without_a_gap(traffic: Traffic, clock: Clock) -> None:
    """Also those in which nothing was asked: no latency is then known."""
    traffic.note(Outcome.BLIND, 0.2, None)
    clock.now_s += 9

    report = traffic.report()

    starts_s = [bucket.at.timestamp() for bucket in report.buckets]
    assert starts_s == [EVEN_S + 8 - 240 + 2 * n for n in range(120)]
    assert [bucket.latency_ms is None for bucket in report.buckets[-4:]] == [False, True, True, True]


def test_a_bucket_leaves_after_four_minutes(traffic: Traffic, clock: Clock) -> None:
    """And with it its scores."""
    traffic.note(Outcome.REVIEW, 0.02, 0.7)
    clock.now_s += BUCKETS * BUCKET_S + 1
    assert (requests(traffic.report()), sum(traffic.report().scores)) == (1, 1)

    clock.now_s += BUCKET_S

    assert (requests(traffic.report()), sum(traffic.report().scores)) == (0, 0)


def test_the_newest_figures_are_of_ten_seconds(traffic: Traffic, clock: Clock) -> None:
    """One request a second, for half a minute."""
    for _ in range(30):
        traffic.note(Outcome.APPROVE, 0.01, 0.1)
        clock.now_s += 1

    newest = traffic.report().newest

    assert newest.outcomes == (10, 0, 0, 0, 0)
    assert newest.at.timestamp() == EVEN_S + 20


def test_what_was_scored_without_history_is_told_beside_its_decision(traffic: Traffic, clock: Clock) -> None:
    """It is among the approved as well, and in the newest figures."""
    for is_degraded in (True, True, False):
        traffic.note(Outcome.APPROVE, 0.01, 0.1, is_degraded=is_degraded)
    clock.now_s += 2

    report = traffic.report()

    assert (report.buckets[-1].outcomes[Outcome.APPROVE], report.buckets[-1].degraded) == (3, 2)
    assert report.newest.degraded == 2


@given(st.floats(0, 1))
def test_a_score_is_in_the_bin_between_its_edges(score: float) -> None:
    """An edge belongs to the bin above it; 1 to the last."""
    clock = clock_at(EVEN_S)
    traffic = Traffic(clock, clock)
    traffic.note(Outcome.APPROVE, 0.01, score)
    clock.now_s += 2

    (number,) = [number for number, count in enumerate(traffic.report().scores) if count]

    edges = [0.0, *(n / SCORE_BINS for n in range(1, SCORE_BINS)), 1.0]
    assert edges[number] <= score <= edges[number + 1]


@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from(Outcome)), max_size=60))
def test_every_request_is_counted_once_however_the_clock_runs(steps: list[tuple[float, Outcome]]) -> None:
    """In the order of time, with pauses of any length."""
    clock = clock_at(EVEN_S)
    traffic, expected = Traffic(clock, clock), [0] * len(Outcome)
    for pause_s, outcome in steps:
        clock.now_s = min(clock.now_s + pause_s, EVEN_S + 230)
        traffic.note(outcome, 0.01, None)
        expected[outcome] += 1
    clock.now_s += 2

    shown = [bucket.outcomes for bucket in traffic.report().buckets]

    assert [sum(column) for column in zip(*shown, strict=True)] == expected


def test_a_clock_that_is_set_back_a_little_loses_nothing(traffic: Traffic, clock: Clock) -> None:
    """The newest bucket takes what comes until the clock has caught up."""
    clock.now_s = EVEN_S + 4
    traffic.note(Outcome.APPROVE, 0.01, 0.1)
    clock.now_s = EVEN_S + 1
    traffic.note(Outcome.APPROVE, 0.01, 0.1)
    clock.now_s = EVEN_S + 6

    assert traffic.report().buckets[-1].outcomes == (2, 0, 0, 0, 0)


def test_a_clock_that_is_set_back_far_starts_the_figures_anew(traffic: Traffic, clock: Clock) -> None:
    """Else all that is asked until it has caught up, for a day, would be one bucket."""
    clock.now_s = EVEN_S + 86_400
    traffic.note(Outcome.APPROVE, 0.01, 0.1)
    clock.now_s += 2
    traffic.report()
    clock.now_s = EVEN_S
    traffic.note(Outcome.BLOCK, 0.01, 0.99)
    clock.now_s += 2

    report = traffic.report()

    assert report.at.timestamp() == EVEN_S + 2
    assert report.newest.outcomes == (0, 0, 1, 0, 0)
    assert requests(report) == 1


def clock_at(now_s: float) -> Clock:
    """A clock that stands there."""
    clock = Clock()
    clock.now_s = now_s
    return clock


def requests(report: Report) -> int:
    """In all buckets."""
    return sum(sum(bucket.outcomes) for bucket in report.buckets)


def test_nothing_is_known_of_what_was_before_the_start(clock: Clock) -> None:
    """Buckets from before are empty, which is not zero; what began in the middle of one is of that one."""
    clock.now_s = EVEN_S + 1.5
    traffic = Traffic(clock, clock)
    clock.now_s = EVEN_S + 20

    assert traffic.report().known_from.timestamp() == EVEN_S
