"""What brains say of their canaries, and to them."""

from protos import fraud_pb2
from protos.fraud_pb2 import ScoreReply


def reply(canary: fraud_pb2.Transaction, score: float, level: "fraud_pb2.RiskLevel.ValueType") -> ScoreReply:
    """An answer to this one."""
    return ScoreReply(
        transaction_id=canary.transaction_id, risk_score=score, risk_level=level, model_name="m", model_version="1"
    )


def said(*canaries: tuple[int, str, float, float]) -> fraud_pb2.ModelDescription:
    """What a brain says of its pair: amount, currency and bounds of each, the clean one first."""
    return fraud_pb2.ModelDescription(
        name="m",
        version="1",
        canaries=[
            fraud_pb2.Canary(
                transaction=fraud_pb2.Transaction(amount=fraud_pb2.Money(minor_units=minor, currency=currency)),
                score_min=low,
                score_max=high,
            )
            for minor, currency, low, high in canaries
        ],
    )


CLEAN, RISKY = (1250, "USD", 0.01, 0.02), (100_000, "USD", 0.1, 0.2)
