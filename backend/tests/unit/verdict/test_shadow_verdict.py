"""What the gateway makes of a second model's opinion: it is written down, and nothing else comes of it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import bson
import pytest

from gateway.domain import Decision, RecordedVerdict, RiskLevel, Score, ShadowScore, Verdict
from gateway.ledger.documents import AWARE, to_recorded
from gateway.ledger.encoding import to_document
from gateway.scoring.wire import to_score
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from gateway.verdict.rendering import to_record, to_reply
from protos import fraud_pb2

SHADOW = ShadowScore(0.97, RiskLevel.CRITICAL, "gbdt", "2")
SCORE = Score(0.01, RiskLevel.LOW, (), "gbdt", "1", ())


def a_reply(**shadow: Any) -> fraud_pb2.ScoreReply:
    """A brain's answer with a good score, and these values in its shadow."""
    good: dict[str, Any] = {
        "model_name": "gbdt",
        "model_version": "2",
        "risk_score": 0.97,
        "risk_level": fraud_pb2.RISK_LEVEL_CRITICAL,
    }
    return fraud_pb2.ScoreReply(
        transaction_id="t1",
        risk_score=0.01,
        risk_level=fraud_pb2.RISK_LEVEL_LOW,
        model_name="gbdt",
        model_version="1",
        shadow=fraud_pb2.ShadowScore(**(good | shadow)),
    )


def stored(score: Score) -> dict[str, Any]:
    """The ledger's document of a verdict by this score, as it is read back."""
    transaction = to_transaction(
        {"transaction_id": "t1", "amount": Decimal("12.50"), "currency": "USD", "user_id": "user_1"}
    )
    return dict(bson.decode(to_document(transaction, a_verdict(score)).raw, AWARE))


def a_verdict(score: Score) -> Verdict:
    """By policy."""
    created_at = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    return Verdict("t1", decide(score), "closed", 1.5, created_at, "0" * 32)


def with_shadow() -> Score:
    """A harmless score beside which a second model cries fraud."""
    return Score(0.01, RiskLevel.LOW, (), "gbdt", "1", (), SHADOW)


def test_a_shadow_comes_in_beside_the_score() -> None:
    """As the brain said it."""
    assert to_score(a_reply(), transaction_id="t1") == with_shadow()


@pytest.mark.parametrize(
    "wrong",
    [
        {"risk_score": float("nan")},
        {"risk_score": float("inf")},
        {"risk_score": 1.01},
        {"risk_score": -0.01},
        {"risk_level": fraud_pb2.RISK_LEVEL_UNSPECIFIED},
        {"risk_level": 17},
        {"model_version": ""},
    ],
    ids=str,
)
def test_a_shadow_that_cannot_be_true_is_dropped(wrong: dict[str, Any]) -> None:
    """And the score beside it is taken all the same: never a blind verdict for the second model's sake."""
    assert to_score(a_reply(**wrong), transaction_id="t1") == SCORE


def test_the_shadow_never_decides() -> None:
    """It says block, and the verdict is what it would have been without it."""
    assert decide(with_shadow()).decision is decide(SCORE).decision is Decision.APPROVE


def test_the_record_says_what_the_shadow_would_have_decided() -> None:
    """Where an analyst looks."""
    assert to_record(stored(with_shadow()), None)["shadow"] == {
        "model": {"name": "gbdt", "version": "2"},
        "risk_score": 0.97,
        "risk_level": "critical",
        "decision": "block",
    }
    assert to_record(stored(SCORE), None)["shadow"] is None


def test_a_checkout_is_not_told() -> None:
    """The reply has no word of it, at first and when it is repeated."""
    first = to_reply(RecordedVerdict(a_verdict(with_shadow()), b"", replayed=True))

    assert to_reply(to_recorded(stored(with_shadow()))) == first
    assert "shadow" not in first


@pytest.mark.parametrize("score", [SCORE, with_shadow()], ids=["none", "shadow"])
def test_a_shadow_survives_the_ledger(score: Score) -> None:
    """With all that it said."""
    assert to_recorded(stored(score)).verdict.ruling.score == score


def test_a_record_from_before_there_were_shadows_reads_fine() -> None:
    """It has no such field, which is not the same as null to a careless reader."""
    document = stored(SCORE)
    del document["verdict"]["shadow"]

    assert to_recorded(document).verdict.ruling.score == SCORE
    assert to_record(document, None)["shadow"] is None
