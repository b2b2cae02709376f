"""Counting outcomes: percentiles, the exit status, and memory that does not grow with the run."""

import json
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from chaos.outcome import Kind, Outcome
from chaos.report import summary_json
from chaos.tally import DETAILS_MAX, CircuitChange, Tally


def tally_of(*outcomes: Outcome) -> Tally:
    """A tally of these outcomes."""
    tally = Tally()
    for outcome in outcomes:
        tally.add(outcome)
    return tally


def test_percentiles_are_taken_by_nearest_rank() -> None:
    """Of 1..100 ms the p95 is 95 ms: a latency that was really seen, not one between two."""
    tally = tally_of(*(Outcome(Kind.SUCCESS, "scored", float(ms)) for ms in range(1, 101)))

    assert tally.percentile_ms(Kind.SUCCESS, 50) == 50
    assert tally.percentile_ms(Kind.SUCCESS, 95) == 95
    assert tally.percentile_ms(Kind.SUCCESS, 99) == 99


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=200), st.sampled_from([1, 50, 95, 99, 100]))
def test_percentiles_agree_with_the_sorted_list(tenths: list[int], percent: int) -> None:
    """Counting loses nothing against keeping every latency, to the tenth of a millisecond."""
    tally = tally_of(*(Outcome(Kind.SUCCESS, "scored", value / 10) for value in tenths))

    expected_ms = sorted(tenths)[max(1, ceil(percent / 100 * len(tenths))) - 1] / 10
    assert tally.percentile_ms(Kind.SUCCESS, percent) == expected_ms


def test_a_kind_that_never_came_has_no_percentile() -> None:
    """Zero would read as "very fast"."""
    assert tally_of().percentile_ms(Kind.ERROR, 99) is None


def test_blind_verdicts_are_no_reason_to_fail() -> None:
    """The promise is a verdict for each request, not a score."""
    tally = tally_of(Outcome(Kind.SUCCESS, "scored", 5), Outcome(Kind.FAIL_OPEN, "SCORER_TIMEOUT", 500))

    assert tally.exit_status == 0


def test_one_error_among_many_successes_fails_the_run() -> None:
    """A single request without a verdict breaks the promise."""
    tally = tally_of(*[Outcome(Kind.SUCCESS, "scored", 5)] * 999, Outcome(Kind.ERROR, "ReadTimeout", 5000))

    assert tally.exit_status == 1


def test_a_run_without_any_request_proves_nothing() -> None:
    """An empty run must not look like a passed one."""
    assert tally_of().exit_status == 1


def test_reasons_are_remembered_in_bounded_number_and_none_is_lost() -> None:
    """Ever new reasons are counted together once there are many."""
    outcomes = [Outcome(Kind.ERROR, f"HTTP 5{number}", 1) for number in range(10 * DETAILS_MAX)]

    tally = tally_of(*outcomes)

    assert len(tally.details) <= DETAILS_MAX + 1
    assert tally.details.total() == len(outcomes)


def test_the_json_summary_tells_counts_latencies_and_changes() -> None:
    """A drill reads the same figures that a person sees."""
    tally = tally_of(Outcome(Kind.SUCCESS, "scored", 5.04), Outcome(Kind.CIRCUIT_OPEN, "CIRCUIT_OPEN", 1))
    tally.changes.append(CircuitChange(at_s=15.26, old="closed", new="open"))

    summary = json.loads(summary_json(tally))

    assert summary["total"] == 2
    assert summary["outcomes"]["success"] == {"count": 1, "p50_ms": 5.0, "p95_ms": 5.0, "p99_ms": 5.0}
    assert summary["outcomes"]["circuit_open"]["count"] == 1
    assert summary["circuit_changes"] == [{"at_s": 15.3, "old": "closed", "new": "open"}]
