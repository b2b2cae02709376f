"""From a score to a decision. Pure: no clock, no I/O."""

from collections.abc import Callable

from gateway import decisions
from gateway.domain import (
    Budget,
    BudgetName,
    Decision,
    DecisionSource,
    Limits,
    Listed,
    Ruling,
    Score,
    Thresholds,
)

_SEVERITY = {Decision.APPROVE: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}


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
        return Ruling(decisions.OF_LIST[listed.name], DecisionSource.LIST, score=score, listed=listed)
    by_level = decisions.OF_LEVEL[score.risk_level]
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
