"""Lanes to brains that a test answers for, and what comes back on them."""

import asyncio
from collections.abc import Collection

from gateway.scoring.errors import ScorerFailure
from gateway.scoring.hedging import HedgedCall, Hedging, Lane
from protos import fraud_pb2

DELAY_S = 0.02
BUDGET_S = 0.2
PATIENT_S = 60.0


class FakeLanes:
    """One lane that is all lanes: keeps what was sent; a test answers in its place."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.cancelled: list[int] = []
        self.refusal: ScorerFailure | None = None
        self.behind: set[int] = set()
        self.others = 0

    def pick(self, _tried: Collection[Lane]) -> Lane:
        if self.refusal is not None:
            raise self.refusal
        return self

    def send(self, _call: HedgedCall) -> int:
        self.sent.append(len(self.sent) + 1)
        return self.sent[-1]

    def cancel(self, attempt_id: int) -> None:
        self.cancelled.append(attempt_id)

    def is_behind(self, attempt_id: int, *, since_s: float) -> bool:
        return attempt_id in self.behind

    def has_other(self, _tried: Collection[Lane]) -> bool:
        return self.others > 0


def new_call(lanes: FakeLanes) -> HedgedCall:
    """Three attempts, 20 ms apart, in 200 ms."""
    transaction = fraud_pb2.Transaction(transaction_id="txn_001")
    return HedgedCall(transaction, Hedging(lanes, budget_s=BUDGET_S, delay_s=DELAY_S, attempts_max=3))


def new_patient_call(lanes: FakeLanes) -> HedgedCall:
    """Three attempts, none of which is sent because time has passed: a busy machine changes nothing."""
    transaction = fraud_pb2.Transaction(transaction_id="txn_001")
    return HedgedCall(transaction, Hedging(lanes, budget_s=PATIENT_S, delay_s=PATIENT_S, attempts_max=3))


def score_outcome(attempt_id: int, *, risk_score: float = 0.25, about: str = "txn_001") -> fraud_pb2.ScoreOutcome:
    """A plausible answer, unless told otherwise."""
    score = fraud_pb2.ScoreReply(
        transaction_id=about, risk_score=risk_score, risk_level=fraud_pb2.RISK_LEVEL_LOW, model_version="1"
    )
    return fraud_pb2.ScoreOutcome(attempt_id=attempt_id, score=score)


def failure_outcome(attempt_id: int, code: fraud_pb2.Failure.Code.ValueType) -> fraud_pb2.ScoreOutcome:
    """The brain's own word for a failure."""
    return fraud_pb2.ScoreOutcome(attempt_id=attempt_id, failure=fraud_pb2.Failure(code=code, detail="said so"))


async def until_sent(lanes: FakeLanes, count: int) -> None:
    """Wait for the hedges to go out."""
    while len(lanes.sent) < count:
        await asyncio.sleep(0.001)
