"""What a model's level, or a list, leads to before any budget or cap has its say. Pure."""

from gateway.domain import Decision, ListName, RiskLevel

# What a known level leads to, whoever gave it: a second model's opinion is written down in these words too. The model's
# own thresholds make the level, so a new model version brings its calibration with it.
OF_LEVEL = {
    RiskLevel.LOW: Decision.APPROVE,
    RiskLevel.MEDIUM: Decision.APPROVE,
    RiskLevel.HIGH: Decision.REVIEW,
    RiskLevel.CRITICAL: Decision.BLOCK,
}
# What becomes of a transaction that is on a list, with a score or without.
OF_LIST = {ListName.DENY: Decision.BLOCK, ListName.ALLOW: Decision.APPROVE}
