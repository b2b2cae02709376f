"""Between the gateway's words and the wire's. What cannot be true does not come in."""

from functools import lru_cache

from gateway.domain import Limits, Reason, RiskLevel, Score, ShadowScore, Transaction
from gateway.scoring.errors import (
    ScorerFailure,
    ScorerInvalidResponse,
    ScorerOverloaded,
    ScorerRefusedRequest,
    ScorerTimedOut,
    ScorerUnavailable,
)
from protos import fraud_pb2
from records.signals import BARE, copy_signals

_LEVELS = {
    fraud_pb2.RISK_LEVEL_LOW: RiskLevel.LOW,
    fraud_pb2.RISK_LEVEL_MEDIUM: RiskLevel.MEDIUM,
    fraud_pb2.RISK_LEVEL_HIGH: RiskLevel.HIGH,
    fraud_pb2.RISK_LEVEL_CRITICAL: RiskLevel.CRITICAL,
}
_FAILURES: dict[int, type[ScorerFailure]] = {
    fraud_pb2.Failure.INVALID_ARGUMENT: ScorerRefusedRequest,
    fraud_pb2.Failure.DEADLINE_EXCEEDED: ScorerTimedOut,
    fraud_pb2.Failure.OVERLOADED: ScorerOverloaded,
}
_REASONS_MAX = 5


def to_wire(transaction: Transaction) -> fraud_pb2.Transaction:
    """What the brain needs to know of a transaction."""
    wire = fraud_pb2.Transaction()  # field by field: half the price of the constructor with arguments
    wire.transaction_id = transaction.transaction_id
    wire.user_id = transaction.user_id
    wire.event_time_ms = round(transaction.event_time.timestamp() * 1000)
    if transaction.merchant_id is not None:
        wire.merchant_id = transaction.merchant_id
    amount, money = wire.amount, transaction.money
    amount.minor_units = money.minor_units
    amount.currency = money.currency
    if len(transaction.request) > BARE:
        copy_signals(transaction.request, wire.signals)
    return wire


def to_score(reply: fraud_pb2.ScoreReply, *, transaction_id: str) -> Score:
    """
    Take the brain's answer, if it can be true.

    Raises:
        ScorerInvalidResponse: it is about another transaction, has no model or level, or its score is not in 0..1.
    """
    if reply.transaction_id != transaction_id:
        raise ScorerInvalidResponse("the answer is about another transaction")
    risk_score = reply.risk_score
    if not 0.0 <= risk_score <= 1.0:  # NaN is not in there either
        raise ScorerInvalidResponse("the risk score is not in 0..1")
    level, version = _LEVELS.get(reply.risk_level), reply.model_version
    if level is None or not version:
        raise ScorerInvalidResponse("the answer has no risk level or no model version")
    return Score(
        risk_score=risk_score,
        risk_level=level,
        reasons=tuple([Reason(r.code, r.message, r.contribution) for r in reply.reasons[:_REASONS_MAX]]),
        model_name=reply.model_name,
        model_version=version,
        degraded=tuple(reply.degraded),
        shadow=_to_shadow(reply.shadow) if reply.HasField("shadow") else None,
        limits=to_limits(reply.limits) if reply.HasField("limits") else None,
    )


def to_limits(limits: fraud_pb2.ModelLimits) -> Limits | None:
    """What a model says of itself, or None where that cannot be true: then it may not block."""
    return _limits(limits.review_threshold, limits.block_threshold, limits.may_block, limits.own_labels)


@lru_cache(maxsize=16)  # each score of a model says the same
def _limits(review_threshold: float, block_threshold: float, may_block: bool, own_labels: bool) -> Limits | None:
    if not 0.0 < review_threshold <= block_threshold <= 1.0:
        return None
    return Limits(review_threshold, block_threshold, may_block, own_labels)


def _to_shadow(shadow: fraud_pb2.ShadowScore) -> ShadowScore | None:
    """What the second model said, or None where that cannot be true: no reason to distrust the score beside it."""
    if not 0.0 <= shadow.risk_score <= 1.0 or shadow.risk_level not in _LEVELS or not shadow.model_version:
        return None
    return ShadowScore(
        risk_score=shadow.risk_score,
        risk_level=_LEVELS[shadow.risk_level],
        model_name=shadow.model_name,
        model_version=shadow.model_version,
    )


def to_failure(failure: fraud_pb2.Failure) -> ScorerFailure:
    """The brain's own word for why it has no score."""
    kind = _FAILURES.get(failure.code, ScorerUnavailable)
    return kind(failure.detail)
