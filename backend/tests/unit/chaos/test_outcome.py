"""What the chaos test takes for a verdict, and under which of its four words."""

from typing import Any

import pytest

from chaos.outcome import Kind, classify

SCORED: dict[str, Any] = {
    "transaction_id": "t1",
    "decision": "approve",
    "scored": True,
    "risk_score": 0.02,
    "risk_level": "low",
    "fallback": None,
}
BLIND: dict[str, Any] = {
    "transaction_id": "t1",
    "decision": "approve",
    "scored": False,
    "risk_score": None,
    "risk_level": "unknown",
    "fallback": {"reason_code": "SCORER_TIMEOUT", "policy": "approve"},
}


def test_a_scored_verdict_is_a_success() -> None:
    """A verdict with a score in 0..1 is what the system is for."""
    kind, _ = classify(200, SCORED, transaction_id="t1")

    assert kind is Kind.SUCCESS


@pytest.mark.parametrize(
    ("reason_code", "expected"),
    [
        ("CIRCUIT_OPEN", Kind.CIRCUIT_OPEN),
        ("SCORER_TIMEOUT", Kind.FAIL_OPEN),
        ("SCORER_UNAVAILABLE", Kind.FAIL_OPEN),
        ("OVERLOADED", Kind.FAIL_OPEN),
    ],
)
def test_a_blind_verdict_is_named_after_its_reason(reason_code: str, expected: Kind) -> None:
    """Only a refusal of the circuit is "Circuit Open"; every other blind verdict is "Fail-open"."""
    body = {**BLIND, "fallback": {"reason_code": reason_code, "policy": "approve"}}

    kind, detail = classify(200, body, transaction_id="t1")

    assert kind is expected
    assert detail == reason_code


@pytest.mark.parametrize(
    "disguise",
    [
        {"risk_score": 0.0},
        {"risk_level": "low"},
        {"risk_level": None},
        {"fallback": None},
        {"fallback": {"policy": "approve"}},
    ],
)
def test_a_blind_verdict_that_looks_clean_is_an_error(disguise: dict[str, Any]) -> None:
    """A client must be able to tell a blind approval from a clean one."""
    kind, _ = classify(200, {**BLIND, **disguise}, transaction_id="t1")

    assert kind is Kind.ERROR


@pytest.mark.parametrize(
    "flaw",
    [
        {"risk_score": None},
        {"risk_score": 1.5},
        {"risk_score": "0.1"},
        {"risk_score": True},
        {"decision": None},
        {"scored": "yes"},
        {"transaction_id": "another"},
    ],
)
def test_a_scored_verdict_with_a_flaw_is_an_error(flaw: dict[str, Any]) -> None:
    """A score that is none, or a verdict on something else, does not count as an answer."""
    kind, _ = classify(200, {**SCORED, **flaw}, transaction_id="t1")

    assert kind is Kind.ERROR


@pytest.mark.parametrize("body", [None, [], "approve", {}])
def test_an_answer_that_is_no_verdict_is_an_error(body: object) -> None:
    """HTTP 200 alone is no verdict."""
    kind, _ = classify(200, body, transaction_id="t1")

    assert kind is Kind.ERROR


def test_a_refused_request_is_an_error_that_names_the_problem() -> None:
    """The status and the problem's code tell one cause from another in the summary."""
    kind, detail = classify(503, {"code": "ledger_unavailable"}, transaction_id="t1")

    assert kind is Kind.ERROR
    assert detail == "HTTP 503 ledger_unavailable"
