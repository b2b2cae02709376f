"""Maps a score to its level by the model's thresholds, and describes how far the model's scores may be acted on."""

from collections.abc import Mapping
from typing import Protocol

from protos import fraud_pb2


def risk_level(risk_score: float, thresholds: Mapping[str, float]) -> fraud_pb2.RiskLevel.ValueType:
    """
    Return the level of a score.

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


class Limited(Protocol):
    """The part of `brain.model.artifact.Model` that limits need."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The lowest score of "medium", "high" and "critical"."""

    @property
    def may_block(self) -> bool:
        """Whether a payment may be blocked by its score alone."""

    @property
    def own_labels(self) -> bool:
        """Whether it was trained on the merchant's own labels."""


def limits(model: Limited) -> fraud_pb2.ModelLimits:
    """Describe on the wire how far this model's scores may be acted on."""
    return fraud_pb2.ModelLimits(
        review_threshold=model.thresholds["high"],
        block_threshold=model.thresholds["critical"],
        may_block=model.may_block,
        own_labels=model.own_labels,
    )
