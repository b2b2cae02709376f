"""Percentiles of counted latencies are near those of the latencies themselves, whoever counted them."""

import math
from bisect import bisect_right
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.traffic.bucket import BIN_EDGES_S, BINS, percentiles_ms

SHARES = (0.5, 0.95, 0.99)
PROMISED = 0.04
bin_of = partial(bisect_right, BIN_EDGES_S)
told_latencies_s = st.lists(st.floats(0.0001, 30.0), min_size=1, max_size=300)


@given(told_latencies_s)
def test_a_percentile_is_within_the_promised_error_of_the_sorted_truth(latencies_s: list[float]) -> None:
    """Nearest rank, of any latencies that are told one by one."""
    truths_ms = [1000 * nearest_rank(latencies_s, share) for share in SHARES]

    found_ms = percentiles_ms(counted(latencies_s), SHARES)

    assert found_ms is not None
    for found, truth in zip(found_ms, truths_ms, strict=True):
        assert found == pytest.approx(truth, rel=PROMISED)


@given(st.lists(told_latencies_s, min_size=2, max_size=4))
def test_percentiles_of_several_buckets_are_those_of_all_their_requests(buckets: list[list[float]]) -> None:
    """Counts are added, so it does not matter who counted what."""
    added = [sum(column) for column in zip(*(counted(latencies_s) for latencies_s in buckets), strict=True)]

    assert added == counted([latency_s for latencies_s in buckets for latency_s in latencies_s])


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_longer_latency_is_in_no_lower_bin(one_s: float, other_s: float) -> None:
    """And every latency has a bin."""
    shorter, longer = sorted((one_s, other_s))

    assert 0 <= bin_of(shorter) <= bin_of(longer) < BINS


def test_every_bin_counts_something() -> None:
    """No gap between the edges, and none that is never met."""
    steps = 20 * BINS
    bins = [bin_of(0.0001 * (30.0 / 0.0001) ** (step / steps)) for step in range(steps + 1)]

    assert set(bins) == set(range(BINS))
    assert all(after - before in (0, 1) for before, after in pairwise(bins))


def test_what_is_faster_or_slower_than_all_bins_is_told_as_their_ends() -> None:
    """0.1 ms, within the error, and 30 s."""
    found_ms = percentiles_ms(counted([0.0, 1e-9, 3600.0]), (0.5, 1.0))

    assert found_ms is not None
    assert found_ms[0] == pytest.approx(0.1, rel=PROMISED)
    assert found_ms[1] == 30_000.0


def test_nothing_has_no_percentiles() -> None:
    """Which is not a latency of zero."""
    assert percentiles_ms(counted([]), SHARES) is None


def counted(latencies_s: list[float]) -> list[int]:
    """As a bucket counts them."""
    counts = [0] * BINS
    for latency_s in latencies_s:
        counts[bin_of(latency_s)] += 1
    return counts


def nearest_rank(latencies_s: list[float], share: float) -> float:
    """The textbook's percentile."""
    return sorted(latencies_s)[max(1, math.ceil(share * len(latencies_s))) - 1]
