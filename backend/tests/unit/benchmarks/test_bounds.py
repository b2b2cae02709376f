"""What was measured and committed keeps what was promised of speed. Ratios of one run: see docs/benchmarks.md."""

import pytest

from benchmarks import results

# at least so many times the rate of the naive stack: whatever a feature costs, never less than 4 times in a crowd
RATES_MIN = {
    "ratios": {"naive_20": 3.5, "naive_64": 5.0, "naive_200": 5.5},
    "ratios_full": {"naive_64": 4.0, "naive_200": 4.0, "echo_64": 0.42},
}
# at most: CPU time over the echo's; a lone client's median and the p99 of 64 clients over the naive stack's
COSTS_MAX = {"ratios": {"cpu_echo_64": 2.6}, "latency_ratios": {"p50_naive_1": 0.6, "p99_naive_64": 0.4}}


@pytest.mark.parametrize(("part", "name"), [(part, name) for part in RATES_MIN for name in RATES_MIN[part]])
def test_committed_rates_are_what_was_promised(part: str, name: str) -> None:
    """Whoever commits lower ones has made the way of a verdict slower, or has measured on a busy machine."""
    chain = results.read("chain")

    assert chain is not None
    assert chain[part][name] >= RATES_MIN[part][name]


@pytest.mark.parametrize(("part", "name"), [(part, name) for part in COSTS_MAX for name in COSTS_MAX[part]])
def test_committed_costs_are_what_was_promised(part: str, name: str) -> None:
    """Likewise of CPU time and latencies."""
    chain = results.read("chain")

    assert chain is not None
    assert chain[part][name] <= COSTS_MAX[part][name]
