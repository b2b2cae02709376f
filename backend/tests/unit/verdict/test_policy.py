"""From a score, or from none, to a decision, and to the line that decided."""

import pytest

from gateway.domain import (
    BlindReason,
    Budget,
    BudgetName,
    Decision,
    DecisionSource,
    Limits,
    Listed,
    ListName,
    RiskLevel,
    Score,
    Thresholds,
)
from gateway.fallback.policy import Cap, Stance, decide_blind
from gateway.verdict.policy import decide, decide_later

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
    assert ruling.budget is None


def scored(risk_score: float, *, may_block: bool = True) -> Score:
    """By a model that reviews from .1 and blocks from .5 on."""
    level = RiskLevel.CRITICAL if risk_score >= 0.5 else RiskLevel.HIGH if risk_score >= 0.1 else RiskLevel.MEDIUM
    return Score(risk_score, level, (), "model", "1", (), limits=Limits(0.1, 0.5, may_block, own_labels=False))


APPROVE, REVIEW, BLOCK = Decision
BY_SHARE, MAY_NOT, CAPPED = BudgetName.REVIEW_SHARE, BudgetName.MAY_BLOCK, BudgetName.DECLINE_CAP


@pytest.mark.parametrize(
    ("risk_score", "may_block", "has_room", "decision", "budget"),
    [
        (0.09, True, True, APPROVE, None),
        (0.1, True, True, APPROVE, Budget(BY_SHARE, REVIEW)),
        (0.2, True, True, REVIEW, None),
        (0.5, True, True, REVIEW, Budget(BY_SHARE, BLOCK)),
        (0.8, True, True, BLOCK, None),
        (0.8, True, False, REVIEW, Budget(CAPPED, BLOCK)),
        (0.5, False, True, REVIEW, Budget(MAY_NOT, BLOCK)),
        (0.8, False, False, REVIEW, Budget(MAY_NOT, BLOCK)),
        (0.2, False, True, REVIEW, None),
    ],
)
def test_a_budget_makes_a_decision_milder_and_says_so(
    risk_score: float, may_block: bool, has_room: bool, decision: Decision, budget: Budget | None
) -> None:
    """By thresholds of .2 and .8; nothing is approved because a budget is used up, and the score is told as it was."""
    score = scored(risk_score, may_block=may_block)

    ruling = decide(score, thresholds=Thresholds(0.2, 0.8), take_block=lambda: has_room)

    assert (ruling.decision, ruling.budget, ruling.score) == (decision, budget, score)


def test_far_above_the_models_own_even_its_blocks_are_approved() -> None:
    """A model that would block a fifth of all payments is no reason to stop them."""
    ruling = decide(scored(0.6), thresholds=Thresholds(0.9, 0.99))

    assert (ruling.decision, ruling.budget) == (APPROVE, Budget(BY_SHARE, BLOCK))


@pytest.mark.parametrize("listed", [DENIED, ALLOWED])
def test_no_budget_touches_what_a_list_decides(listed: Listed) -> None:
    """Nor does a list use any of it."""
    ruling = decide(scored(0.99, may_block=False), listed, Thresholds(0.9, 0.99), pytest.fail)

    assert (ruling.decision is BLOCK, ruling.budget) == (listed is DENIED, None)


def test_a_brain_that_tells_no_limits_never_blocks() -> None:
    """Its level counts as ever below that."""
    assert decide(SCORE).decision is REVIEW
    assert decide(SCORE).budget == Budget(MAY_NOT, BLOCK)


@pytest.mark.parametrize(
    ("risk_score", "recorded", "may_block", "decision"),
    [
        (0.3, Thresholds(0.4, 0.9), True, APPROVE),  # as it would have been decided then
        (0.4, Thresholds(0.4, 0.9), True, REVIEW),
        (0.9, Thresholds(0.4, 0.9), True, BLOCK),
        (0.9, Thresholds(0.4, 0.9), False, REVIEW),
        (0.05, Thresholds(0.01, 0.02), True, APPROVE),  # another model scored then: this one's own hold, too
        (0.1, Thresholds(0.01, 0.02), True, REVIEW),
        (0.6, None, True, BLOCK),  # records from before there were any
        (0.6, None, False, REVIEW),
    ],
)
def test_a_later_score_is_ruled_by_the_thresholds_of_its_time(
    risk_score: float, recorded: Thresholds | None, may_block: bool, decision: Decision
) -> None:
    """Whatever they are by now."""
    assert decide_later(scored(risk_score, may_block=may_block), recorded).decision is decision
