"""From a score to a level, by the thresholds that came with the model."""

from collections.abc import Mapping

from protos import fraud_pb2


def risk_level(risk_score: float, thresholds: Mapping[str, float]) -> fraud_pb2.RiskLevel.ValueType:
    """
    The level of a score.

    Args:
        risk_score: 0..1.
        thresholds: "medium", "high" and "critical" to the lowest score of each.
    """
    if risk_score >= thresholds["critical"]:
        return fraud_pb2.RISK_LEVEL_CRITICAL
    if risk_score >= thresholds["high"]:
        return fraud_pb2.RISK_LEVEL_HIGH
    if risk_score >= thresholds["medium"]:
        return fraud_pb2.RISK_LEVEL_MEDIUM
    return fraud_pb2.RISK_LEVEL_LOW
