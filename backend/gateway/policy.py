"""From a score, or from its absence, to a decision. Pure: no clock, no I/O."""

from gateway.domain import BlindReason, Decision, DecisionSource, Fallback, RiskLevel, Ruling, Score

# The model's own thresholds make the level, so a new model version brings its calibration with it.
_DECISIONS = {
    RiskLevel.LOW: Decision.APPROVE,
    RiskLevel.MEDIUM: Decision.APPROVE,
    RiskLevel.HIGH: Decision.REVIEW,
    RiskLevel.CRITICAL: Decision.BLOCK,
}
FAIL_OPEN = "fail_open"
REVIEW_REFUSED = "review_refused"


def decide(score: Score) -> Ruling:
    """Rule on a scored transaction."""
    return Ruling(decision=decision_of(score.risk_level), source=DecisionSource.MODEL, score=score)


def decision_of(level: RiskLevel) -> Decision:
    """What a known level leads to, whoever gave it: a second model's opinion is written down in these words too."""
    return _DECISIONS[level]


def decide_blind(reason: BlindReason, *, is_refusal: bool = False) -> Ruling:
    """
    Rule without a score, and say so: approve, as the merchant asked (fail-open).

    Args:
        reason: Why there is none.
        is_refusal: The scorer is well, and this very transaction is what it will not score. That goes to a person:
            otherwise a caller could choose to be approved blind.
    """
    decision, policy = (Decision.REVIEW, REVIEW_REFUSED) if is_refusal else (Decision.APPROVE, FAIL_OPEN)
    return Ruling(
        decision=decision,
        source=DecisionSource.FALLBACK,
        fallback=Fallback(reason_code=reason, policy=policy),
    )
