"""From a score, or from none, to a decision, and to the line that decided."""

import pytest

from gateway.domain import BlindReason, Decision, DecisionSource, Listed, ListName, RiskLevel, Score
from gateway.policy import Cap, Stance, decide, decide_blind

DENIED = Listed(ListName.DENY, "card is on the deny list: stolen")
ALLOWED = Listed(ListName.ALLOW, "user is on the allow list: our own tests")
SCORE = Score(0.99, RiskLevel.CRITICAL, (), "model", "1", ())


@pytest.mark.parametrize(
    ("known", "decision", "line"),
    [
        ({}, Decision.APPROVE, "fail_open"),
        ({"is_refusal": True}, Decision.REVIEW, "review_refused"),
        ({"stance": Stance.CLOSED}, Decision.BLOCK, "closed"),
        ({"stance": Stance.REVIEW}, Decision.REVIEW, "review"),
        ({"stance": Stance.CLOSED, "is_refusal": True}, Decision.REVIEW, "review_refused"),
        ({"listed": DENIED}, Decision.BLOCK, "deny_list"),
        ({"listed": ALLOWED}, Decision.APPROVE, "allow_list"),
        ({"listed": DENIED, "is_refusal": True}, Decision.BLOCK, "deny_list"),
        ({"listed": ALLOWED, "stance": Stance.CLOSED}, Decision.APPROVE, "allow_list"),
        ({"stance": Stance.CLOSED, "cap": Cap.PER_OUTAGE}, Decision.BLOCK, "closed"),
    ],
)
def test_the_first_line_that_applies_decides(known: dict[str, object], decision: Decision, line: str) -> None:
    """Lists, then what the brain refuses, then the stance; and the reason why there is no score stays."""
    ruling = decide_blind(BlindReason.CIRCUIT_OPEN, **known)  # type: ignore[arg-type]

    assert ruling.fallback is not None
    assert (ruling.decision, ruling.fallback.policy) == (decision, line)
    assert ruling.fallback.reason_code is BlindReason.CIRCUIT_OPEN
    assert ruling.source is (DecisionSource.LIST if "listed" in known else DecisionSource.FALLBACK)
    assert ruling.score is None


@pytest.mark.parametrize("cap", Cap)
@pytest.mark.parametrize("above_cap", [Decision.REVIEW, Decision.BLOCK])
def test_above_a_cap_the_verdict_says_which(cap: Cap, above_cap: Decision) -> None:
    """And that a cap is why: the merchant would else have had an approval."""
    ruling = decide_blind(BlindReason.SCORER_TIMEOUT, cap=cap, above_cap=above_cap)

    assert ruling.fallback is not None
    assert ruling.decision is above_cap
    assert (ruling.fallback.reason_code, ruling.fallback.policy) == (BlindReason.EXPOSURE_CAP_REACHED, cap.value)
    assert cap.value.startswith("cap_")


@pytest.mark.parametrize(("listed", "decision"), [(DENIED, Decision.BLOCK), (ALLOWED, Decision.APPROVE)])
def test_a_list_decides_over_a_score(listed: Listed, decision: Decision) -> None:
    """Whatever the level, and the score is kept."""
    ruling = decide(SCORE, listed)

    assert (ruling.decision, ruling.source, ruling.score) == (decision, DecisionSource.LIST, SCORE)
    assert ruling.fallback is None
    assert ruling.reasons[0] == listed.reason
