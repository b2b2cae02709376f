"""
Two payments that nobody made, and what a brain that scores must say of them.

The ids hold a space, which no caller's may: a canary never meets somebody's history.
"""

from collections.abc import Sequence
from enum import Enum, auto

from gateway.domain import RiskLevel, Score
from gateway.scoring.errors import ScorerInvalidResponse
from gateway.scoring.scorer import Answer
from gateway.scoring.wire import to_score
from protos import fraud_pb2

# In the world that the model knows an amount above 220 USD is fraud, and an everyday one of somebody new is not. Far
# from that line on both sides, so that a retrained model agrees: scores of 0.996 and 0.007, with and without history.
_RISKY_MINOR = 2_500_00
_CLEAN_MINOR = 12_50
_RISKY_LEVELS = (RiskLevel.HIGH, RiskLevel.CRITICAL)
_CLEAN_LEVELS = (RiskLevel.LOW, RiskLevel.MEDIUM)


class Finding(Enum):
    """What a pair of answers shows."""

    PASSED = auto()
    FAILED = auto()  # it answers, and what it says is wrong
    UNANSWERED = auto()  # which may be anything: hedging and the circuit see to that


def make_pair(token: str, *, now_ms: int) -> tuple[fraud_pb2.Transaction, fraud_pb2.Transaction]:
    """The risky and the clean one. Args: token: tells this pair from any other; now_ms: since the epoch, UTC."""
    risky, clean = (
        fraud_pb2.Transaction(
            transaction_id=f"canary {name} {token}",
            amount=fraud_pb2.Money(minor_units=minor_units, currency="USD"),
            user_id=f"canary {name}",
            event_time_ms=now_ms,
            is_canary=True,
        )
        for name, minor_units in (("risky", _RISKY_MINOR), ("clean", _CLEAN_MINOR))
    )
    return risky, clean


def judge(pair: Sequence[fraud_pb2.Transaction], answers: Sequence[Answer]) -> Finding:
    """Hold the answers to a pair, in its order, against what they must be."""
    scores: list[Score] = []
    for canary, answer in zip(pair, answers, strict=True):
        if answer is None:
            continue
        try:
            scores.append(to_score(answer, transaction_id=canary.transaction_id))
        except ScorerInvalidResponse:
            return Finding.FAILED
    if len(scores) < len(pair):
        return Finding.UNANSWERED
    risky, clean = scores
    is_right = risky.risk_level in _RISKY_LEVELS and clean.risk_level in _CLEAN_LEVELS
    return Finding.PASSED if is_right and risky.risk_score > clean.risk_score else Finding.FAILED


def model_of(answers: Sequence[Answer]) -> tuple[str, str] | None:
    """Name and version of the model that answered, as it says."""
    for answer in answers:
        if answer is not None and answer.model_version:
            return answer.model_name, answer.model_version
    return None
