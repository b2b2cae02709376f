"""What a pair of answers shows, and which pairs prove nothing."""

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest

from brain.history.memory import Memory
from brain.model.artifact import Model
from brain.rollout.models import Serving
from brain.rpc.description import describe
from brain.scoring.scorer import Scorer as BrainScorer
from brain.wire import read_transaction
from gateway.scoring.canary.pair import ANY_TWO, Canary, Finding, Pair, UnusablePair, judge, read_pair
from gateway.scoring.scorer import Answer
from protos import fraud_pb2
from protos.fraud_pb2 import RISK_LEVEL_LOW, ScoreReply
from tests.canaries import CLEAN, RISKY, reply, said
from training.train import ARTIFACTS

NOW_MS = 1_767_182_400_000
BOUNDS = Pair(Canary(1_000_00, "USD", None, 0.6, 0.7), Canary(12_50, "USD", None, 0.01, 0.02))
SENT = BOUNDS.make("1", now_ms=NOW_MS)


def answers(risky: float, clean: float) -> list[Answer]:
    """To the pair. The levels prove nothing: a model may be right to approve a large amount of somebody unknown."""
    return [reply(SENT[0], risky, RISK_LEVEL_LOW), reply(SENT[1], clean, RISK_LEVEL_LOW)]


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        (answers(0.65, 0.015), Finding.PASSED),
        (answers(0.6, 0.02), Finding.PASSED),
        (answers(0.015, 0.015), Finding.FAILED),
        (answers(0.65, 0.65), Finding.FAILED),
        (answers(0.015, 0.65), Finding.FAILED),
        (answers(0.75, 0.115), Finding.FAILED),
        (answers(0.65, 0.021), Finding.FAILED),
        (answers(math.nan, 0.015), Finding.FAILED),
        ([reply(SENT[1], 0.65, RISK_LEVEL_LOW), None], Finding.FAILED),
        ([reply(SENT[0], 0.65, RISK_LEVEL_LOW), None], Finding.UNANSWERED),
        ([None, None], Finding.UNANSWERED),
    ],
)
def test_a_pair_must_be_answered_within_its_bounds(given: Sequence[Answer], finding: Finding) -> None:
    """A constant, exchanged and shifted scores lie outside; what does not come proves no lie."""
    assert judge(BOUNDS, SENT, given) is finding


@pytest.mark.parametrize(
    ("risky", "clean", "finding"),
    [(0.9, 0.1, Finding.PASSED), (0.1, 0.9, Finding.PASSED), (0.3, 0.3, Finding.FAILED)],
)
def test_a_brain_whose_model_brought_no_pair_must_tell_any_two_apart(
    risky: float, clean: float, finding: Finding
) -> None:
    """Nobody knows which score is right; that a constant is wrong, everybody does."""
    sent = ANY_TWO.make("1", now_ms=NOW_MS)
    given = [reply(sent[0], risky, RISK_LEVEL_LOW), reply(sent[1], clean, RISK_LEVEL_LOW)]

    assert read_pair(fraud_pb2.ModelDescription(name="m")) is ANY_TWO
    assert judge(ANY_TWO, sent, given) is finding


@pytest.mark.parametrize(
    ("canaries", "why"),
    [
        ([CLEAN], "not two"),
        ([CLEAN, RISKY, RISKY], "not two"),
        ([CLEAN, (1250, "USD", 0.1, 0.2)], "same payment"),
        ([(1250, "USD", 0.01, 0.02), (100_000, "USD", 0.02, 0.04)], "could be that of both"),
        ([RISKY, CLEAN], "could be that of both"),
        ([(1250, "USD", 0.0, 0.02), RISKY], "between 0 and 1"),
        ([CLEAN, (100_000, "USD", 0.5, 1.0)], "between 0 and 1"),
        ([CLEAN, (100_000, "USD", math.nan, 0.2)], "between 0 and 1"),
        ([CLEAN, (100_000, "USD", 0.3, 0.2)], "between 0 and 1"),
        ([(1250, "USD", 0.0001, 0.02), RISKY], "too far apart"),
        ([CLEAN, (100_000, "USD", 0.03, 0.97)], "too far apart"),
        ([CLEAN, (0, "USD", 0.1, 0.2)], "amount"),
        ([CLEAN, (100_000, "XXX", 0.1, 0.2)], "amount"),
    ],
)
def test_a_pair_that_proves_nothing_is_refused(canaries: list[tuple[int, str, float, float]], why: str) -> None:
    """A brain cannot vouch for itself with bounds that nearly any score keeps."""
    assert read_pair(said(CLEAN, RISKY)).clean == Canary(1250, "USD", None, 0.01, 0.02)

    with pytest.raises(UnusablePair, match=why):
        read_pair(said(*canaries))


def test_no_caller_can_take_a_canary_s_place() -> None:
    """Its ids hold what no id of a request may, and it says what it is."""
    at_a_shop = Canary(1, "USD", "shop_1", 0.1, 0.2).make("clean", "1", now_ms=NOW_MS)

    assert all(" " in canary.user_id and " " in canary.transaction_id for canary in (*SENT, at_a_shop))
    assert " " in at_a_shop.merchant_id
    assert all(canary.is_canary for canary in (*SENT, at_a_shop))


@pytest.mark.parametrize("is_read", [True, False])
def test_the_shipped_model_keeps_the_bounds_of_its_own_pair(is_read: bool) -> None:
    """With an empty history and without any: as it says of itself, over the wire."""
    model = Model.load(ARTIFACTS)
    memory = Memory(1)
    said = describe(Serving.of_settings(model, None), memory)
    pair = read_pair(fraud_pb2.ModelDescription.FromString(said.SerializeToString()))
    if is_read:
        memory.coverage.read_all()
    brain = BrainScorer(model, memory)
    sent = pair.make("1", now_ms=NOW_MS)

    outcomes = brain.score([read_transaction(canary, {"USD": Decimal(1)}) for canary in sent])

    replies = [outcome for outcome in outcomes if isinstance(outcome, ScoreReply)]
    assert pair is not ANY_TWO
    assert judge(pair, sent, replies) is Finding.PASSED
    assert judge(pair, sent, [replies[0], replies[0]]) is Finding.FAILED
