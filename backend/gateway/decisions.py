"""What a model's level, or a list, leads to before any budget or cap has its say. Pure."""

from gateway.domain import Decision, ListName, RiskLevel

# The model's own thresholds make the level, so a new model version brings its calibration with it.
_DECISIONS = {
    RiskLevel.LOW: Decision.APPROVE,
    RiskLevel.MEDIUM: Decision.APPROVE,
    RiskLevel.HIGH: Decision.REVIEW,
    RiskLevel.CRITICAL: Decision.BLOCK,
}
_LISTS = {ListName.DENY: Decision.BLOCK, ListName.ALLOW: Decision.APPROVE}


def decision_of(level: RiskLevel) -> Decision:
    """What a known level leads to, whoever gave it: a second model's opinion is written down in these words too."""
    return _DECISIONS[level]


def decision_of_list(name: ListName) -> Decision:
    """What becomes of a transaction that is on this list, with a score or without."""
    return _LISTS[name]
