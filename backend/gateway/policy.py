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


def decide(score: Score) -> Ruling:
    """Rule on a scored transaction."""
    return Ruling(decision=_DECISIONS[score.risk_level], source=DecisionSource.MODEL, score=score)


def decide_blind(reason: BlindReason) -> Ruling:
    """Rule without a score: approve, as the merchant asked (fail-open), and say so."""
    return Ruling(
        decision=Decision.APPROVE,
        source=DecisionSource.FALLBACK,
        fallback=Fallback(reason_code=reason, policy=FAIL_OPEN),
    )
