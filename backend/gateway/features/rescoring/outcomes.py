"""What a later score, or its absence, means for an item of the backlog. Pure, but for the time that it is given."""

from datetime import datetime, timedelta

from gateway.domain import Amendment, DecisionSource, Score
from gateway.features.rescoring.store import BacklogItem
from gateway.verdict import policy

ATTEMPTS_MAX = 20  # with delays that grow to an hour: about ten hours
RETRY_S_MAX = 3600.0
DEGRADED_RETRY_S_MAX = 60.0  # so late it is noticed at most that history is back
DEGRADED_FOR_MAX = timedelta(days=1)  # then a score without history is better than none


def amend(item: BacklogItem, score: Score, *, at: datetime) -> Amendment:
    """
    What the score would have decided, by the thresholds of that time. What a list decided it would have decided with
    any score.
    """
    is_listed = item.source is DecisionSource.LIST
    ruling = policy.decide_later(score, item.thresholds)
    return Amendment(
        at=at,
        reason=item.reason,
        old_decision=item.decision,
        new_decision=item.decision if is_listed else ruling.decision,
        score=score,
        budget=None if is_listed else ruling.budget,
    )


def is_final(item: BacklogItem, score: Score, *, at: datetime) -> bool:
    """Whether a score is as good as it gets: made with history, or history has been away for a day."""
    if not score.degraded:
        return True
    return item.degraded_since is not None and at - item.degraded_since >= DEGRADED_FOR_MAX


def is_hopeless(item: BacklogItem) -> bool:
    """Whether one more failure was one too many."""
    return item.attempts + 1 >= ATTEMPTS_MAX


def failure_retry_s(item: BacklogItem) -> float:
    """2 s after the first failure, twice as long after each further one."""
    return min(RETRY_S_MAX, 2.0 ** (item.attempts + 1))


def degraded_retry_s(item: BacklogItem) -> float:
    """1 s after the first score without history: a busy moment of MongoDB is soon over."""
    return min(DEGRADED_RETRY_S_MAX, 2.0 ** min(item.degraded_times, 10))
