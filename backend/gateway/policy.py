"""From a score, or from its absence, to a decision. Pure: no clock, no I/O."""

from collections.abc import Callable
from enum import StrEnum

from gateway.domain import (
    BlindReason,
    Budget,
    BudgetName,
    Decision,
    DecisionSource,
    Fallback,
    Limits,
    Listed,
    ListName,
    RiskLevel,
    Ruling,
    Score,
    Thresholds,
)

# The model's own thresholds make the level, so a new model version brings its calibration with it.
_DECISIONS = {
    RiskLevel.LOW: Decision.APPROVE,
    RiskLevel.MEDIUM: Decision.APPROVE,
    RiskLevel.HIGH: Decision.REVIEW,
    RiskLevel.CRITICAL: Decision.BLOCK,
}
_SEVERITY = {Decision.APPROVE: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}
_LISTS = {ListName.DENY: Decision.BLOCK, ListName.ALLOW: Decision.APPROVE}

# Lines of the blind policy, as `fallback.policy` names them; `Cap` and the lists are the others.
FAIL_OPEN = "fail_open"
REVIEW = "review"
CLOSED = "closed"
REVIEW_REFUSED = "review_refused"


class Stance(StrEnum):
    """What becomes of a payment that cannot be scored."""

    OPEN = "open"  # approved, below the caps
    REVIEW = "review"
    CLOSED = "closed"  # blocked


class Cap(StrEnum):
    """A bound that a blind approval would have passed."""

    PER_TRANSACTION = "cap_per_transaction"
    PER_USER_HOUR = "cap_per_user_hour"
    PER_MERCHANT_OUTAGE = "cap_per_merchant_outage"
    PER_OUTAGE = "cap_per_outage"
    NO_SHARE = "cap_no_share"  # there is a cap per outage, and this gateway holds no part of it that it knows of


def decide(
    score: Score,
    listed: Listed | None = None,
    thresholds: Thresholds | None = None,
    take_block: Callable[[], bool] = lambda: True,
) -> Ruling:
    """
    Rule on a scored transaction. What is on a list is decided by it, and keeps its score for people to see.

    A budget only ever makes a decision of the model milder, and says so. A block that may not be given is a review.

    Args:
        score: With its level, by the model's own thresholds.
        listed: Lists come first, and no budget changes what they decide.
        thresholds: In force, at or above the model's own; None: the model's own.
        take_block: Asked only for a payment that is about to be blocked; False when models have blocked enough.
    """
    if listed is not None:
        return Ruling(_LISTS[listed.name], DecisionSource.LIST, score=score, listed=listed)
    by_level = decision_of(score.risk_level)
    decision, name = by_level, None
    if thresholds is not None:
        decision = min(by_level, _by(thresholds, score.risk_score), key=_SEVERITY.__getitem__)
    if decision is not by_level:
        name = BudgetName.REVIEW_SHARE
    if by_level is Decision.BLOCK and decision is not Decision.APPROVE and not _may_block(score.limits):
        decision, name = Decision.REVIEW, BudgetName.MAY_BLOCK
    elif decision is Decision.BLOCK and not take_block():
        decision, name = Decision.REVIEW, BudgetName.DECLINE_CAP
    budget = None if name is None else Budget(name, by_level)
    return Ruling(decision, DecisionSource.MODEL, score=score, budget=budget)


def decide_later(score: Score, recorded: Thresholds | None) -> Ruling:
    """
    Rule on a score that came after the verdict, by the thresholds that were in force then.

    Another model may score by now: neither its own thresholds nor the recorded ones are gone below. The decline cap
    has no say, because nothing is blocked any more.

    Args:
        recorded: None in records from before there were any: then the model's own.
    """
    limits, thresholds = score.limits, recorded
    if recorded is not None and limits is not None:
        thresholds = Thresholds(
            max(recorded.review, limits.review_threshold), max(recorded.block, limits.block_threshold)
        )
    return decide(score, thresholds=thresholds)


def _by(thresholds: Thresholds, risk_score: float) -> Decision:
    if risk_score >= thresholds.block:
        return Decision.BLOCK
    return Decision.REVIEW if risk_score >= thresholds.review else Decision.APPROVE


def _may_block(limits: Limits | None) -> bool:
    return limits is not None and limits.may_block


def decision_of(level: RiskLevel) -> Decision:
    """What a known level leads to, whoever gave it: a second model's opinion is written down in these words too."""
    return _DECISIONS[level]


def decide_blind(
    reason: BlindReason,
    *,
    is_refusal: bool = False,
    listed: Listed | None = None,
    stance: Stance = Stance.OPEN,
    cap: Cap | None = None,
    above_cap: Decision = Decision.REVIEW,
) -> Ruling:
    """
    Rule without a score, and say which line decided: the first of these that applies.

    Args:
        reason: Why there is no score.
        is_refusal: The scorer is well, and this very transaction is what it will not score. That goes to a person:
            otherwise a caller could choose to be approved blind.
        listed: Lists need no scorer.
        stance: Of the merchant, the channel or the default.
        cap: The cap that an approval would pass, if it would.
        above_cap: What becomes of it then.
    """
    source = DecisionSource.FALLBACK
    if listed is not None:
        decision, line, source = _LISTS[listed.name], f"{listed.name.value}_list", DecisionSource.LIST
    elif is_refusal:
        decision, line = Decision.REVIEW, REVIEW_REFUSED
    elif stance is Stance.CLOSED:
        decision, line = Decision.BLOCK, CLOSED
    elif stance is Stance.REVIEW:
        decision, line = Decision.REVIEW, REVIEW
    elif cap is not None:
        decision, line, reason = above_cap, cap.value, BlindReason.EXPOSURE_CAP_REACHED
    else:
        decision, line = Decision.APPROVE, FAIL_OPEN
    return Ruling(decision, source, fallback=Fallback(reason_code=reason, policy=line), listed=listed)
