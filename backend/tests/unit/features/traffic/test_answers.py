"""Each answer to a transaction is noted once: for people in buckets, for Prometheus in counters."""

from datetime import UTC, datetime
from time import perf_counter

import pytest
from msgspec.structs import replace
from prometheus_client import values

from gateway.api.metrics import Families
from gateway.domain import (
    BlindReason,
    Decision,
    DecisionSource,
    Fallback,
    RecordedVerdict,
    RiskLevel,
    Ruling,
    Score,
    Verdict,
)
from gateway.errors import ConflictingTransaction, GatewayError, JournalFull, MalformedJson
from gateway.features.traffic.bucket import Figures
from gateway.features.traffic.recorder import Answers
from gateway.features.traffic.service import Traffic
from tests.clock import Clock
from tests.unit.api.test_metrics import told
from tests.unit.features.traffic.test_traffic import EVEN_S, clock_at

SCORE = Score(0.31, RiskLevel.MEDIUM, (), "model", "1", ())
REVIEW = Ruling(Decision.REVIEW, DecisionSource.MODEL, score=SCORE)
BLIND = Ruling(Decision.APPROVE, DecisionSource.FALLBACK, fallback=Fallback(BlindReason.CIRCUIT_OPEN, "small"))


class Noted:
    """An Answers, and what became of what it was told."""

    def __init__(self) -> None:
        self._clock: Clock = clock_at(EVEN_S)
        self._traffic = Traffic(self._clock, self._clock)
        self._families = Families()
        self.answers = Answers(self._traffic.note, self._families)

    def bucket(self) -> Figures:
        """The newest one, closed."""
        self._clock.now_s += 2
        return self._traffic.report().buckets[-1]

    def scores(self) -> dict[int, int]:
        """How many by bin, without the empty ones."""
        return {number: count for number, count in enumerate(self._traffic.report().scores) if count}

    def series(self, name: str) -> dict[tuple[str, ...], float]:
        """Those that have counted anything."""
        return {labels: value for labels, value in told(self._families, name).items() if value}


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Of one process."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    return Noted()


def test_a_scored_verdict_is_noted_with_its_decision_score_and_latency(noted: Noted) -> None:
    """All of the handling, here a minute of it, which is told as the longest latency there is."""
    noted.answers.given(recorded(REVIEW), since_s=perf_counter() - 60)

    bucket = noted.bucket()

    assert bucket.outcomes == (0, 1, 0, 0, 0)
    assert bucket.latency_ms is not None
    assert bucket.latency_ms.p50 == 30_000
    assert noted.scores() == {6: 1}
    assert noted.series("sentinel_verdicts_total") == {("review", "", "true"): 1}
    assert noted.series("sentinel_verdict_latency_seconds_count") == {(): 1}


def test_a_score_without_history_is_told_beside_its_decision(noted: Noted) -> None:
    """In both ways: a decision on half the facts must not look like any other."""
    without = replace(SCORE, degraded=("history",))
    noted.answers.given(recorded(Ruling(Decision.REVIEW, DecisionSource.MODEL, score=without)), since_s=perf_counter())

    bucket = noted.bucket()

    assert (bucket.outcomes, bucket.degraded) == ((0, 1, 0, 0, 0), 1)
    assert noted.series("sentinel_verdicts_total") == {("review", "", "true"): 1}
    assert noted.series("sentinel_verdicts_degraded_total") == {("review",): 1}


def test_a_blind_verdict_is_blind_whatever_it_decided(noted: Noted) -> None:
    """Prometheus is told why; it has no score that could be counted."""
    noted.answers.given(recorded(BLIND), since_s=perf_counter())

    assert noted.bucket().outcomes == (0, 0, 0, 1, 0)
    assert noted.scores() == {}
    assert noted.series("sentinel_verdicts_total") == {("approve", "CIRCUIT_OPEN", "false"): 1}


def test_a_repeated_request_is_a_request(noted: Noted) -> None:
    """It is answered, and a person waits for it."""
    first = recorded(REVIEW)

    for answer in (first, replace(first, replayed=True)):
        noted.answers.given(answer, since_s=perf_counter())

    assert noted.bucket().outcomes == (0, 2, 0, 0, 0)


@pytest.mark.parametrize("error", [JournalFull("full"), ZeroDivisionError()])
def test_what_is_our_fault_has_failed(noted: Noted, error: Exception) -> None:
    """A 503, and a crash, which becomes a 500."""
    noted.answers.denied(error, since_s=perf_counter())

    assert noted.bucket().outcomes == (0, 0, 0, 0, 1)
    assert noted.series("sentinel_verdicts_failed_total") == {(): 1}
    assert noted.series("sentinel_verdicts_total") == {}


@pytest.mark.parametrize("error", [MalformedJson("no"), ConflictingTransaction("no")])
def test_what_is_the_callers_fault_is_no_figure_of_ours(noted: Noted, error: GatewayError) -> None:
    """Else one caller with a bug would look like an outage."""
    noted.answers.denied(error, since_s=perf_counter())

    assert noted.bucket().outcomes == (0, 0, 0, 0, 0)
    assert noted.series("sentinel_verdicts_failed_total") == {}


def recorded(ruling: Ruling) -> RecordedVerdict:
    """A verdict that stands."""
    verdict = Verdict("t", ruling, "closed", 1.0, datetime(2026, 1, 1, tzinfo=UTC), "0" * 32)
    return RecordedVerdict(verdict, b"", replayed=False)
