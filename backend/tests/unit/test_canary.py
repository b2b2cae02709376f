"""What a pair of answers shows, and what follows from it."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from brain.history import Event, Query
from brain.model import Model
from brain.recent import RecentEvents
from brain.scoring import Scorer as BrainScorer
from brain.wire import read_transaction
from gateway.canary.pair import Finding, judge, make_pair
from gateway.canary.watch import CanaryWatch, Doubt
from gateway.clock import now as time_of_day
from gateway.domain import Score
from gateway.scoring.errors import ScorerUnavailable
from gateway.scoring.scorer import Answer
from gateway.scoring.sight import BlindCause, Sight
from protos import fraud_pb2
from protos.fraud_pb2 import RISK_LEVEL_CRITICAL, RISK_LEVEL_HIGH, RISK_LEVEL_LOW, RISK_LEVEL_MEDIUM, ScoreReply
from tests.clock import Clock
from training.train import ARTIFACTS

PAIR = make_pair("1", now_ms=1_767_182_400_000)


def reply(canary: fraud_pb2.Transaction, score: float, level: "fraud_pb2.RiskLevel.ValueType") -> ScoreReply:
    """An answer to this one."""
    return ScoreReply(
        transaction_id=canary.transaction_id, risk_score=score, risk_level=level, model_name="m", model_version="1"
    )


def answers(
    risky: tuple[float, "fraud_pb2.RiskLevel.ValueType"], clean: tuple[float, "fraud_pb2.RiskLevel.ValueType"]
) -> list[Answer]:
    """To the pair."""
    return [reply(PAIR[0], *risky), reply(PAIR[1], *clean)]


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        (answers((0.99, RISK_LEVEL_CRITICAL), (0.01, RISK_LEVEL_LOW)), Finding.PASSED),
        (answers((0.2, RISK_LEVEL_HIGH), (0.1, RISK_LEVEL_MEDIUM)), Finding.PASSED),
        (answers((0.01, RISK_LEVEL_LOW), (0.01, RISK_LEVEL_LOW)), Finding.FAILED),
        (answers((0.99, RISK_LEVEL_CRITICAL), (0.99, RISK_LEVEL_CRITICAL)), Finding.FAILED),
        (answers((0.01, RISK_LEVEL_LOW), (0.99, RISK_LEVEL_CRITICAL)), Finding.FAILED),
        (answers((0.1, RISK_LEVEL_HIGH), (0.1, RISK_LEVEL_MEDIUM)), Finding.FAILED),
        (answers((math.nan, RISK_LEVEL_CRITICAL), (0.01, RISK_LEVEL_LOW)), Finding.FAILED),
        ([reply(PAIR[1], 0.99, RISK_LEVEL_CRITICAL), None], Finding.FAILED),
        ([reply(PAIR[0], 0.99, RISK_LEVEL_CRITICAL), None], Finding.UNANSWERED),
        ([None, None], Finding.UNANSWERED),
    ],
)
def test_a_pair_must_be_answered_possible_and_apart(given: Sequence[Answer], finding: Finding) -> None:
    """By the model's own levels; what does not come proves no lie."""
    assert judge(PAIR, given) is finding


def test_no_caller_can_take_a_canary_s_place() -> None:
    """Its ids hold what no id of a request may, and it says what it is."""
    assert all(" " in canary.user_id and " " in canary.transaction_id for canary in PAIR)
    assert all(canary.is_canary for canary in PAIR)


@pytest.mark.parametrize("history", [(), None])
async def test_the_shipped_model_tells_them_apart(history: Sequence[Event] | None) -> None:
    """With an empty history and without any: far enough that a retrained one will as well."""

    class Empty:
        async def read(self, queries: Sequence[Query]) -> tuple[list[Any], list[Any]]:
            return [history for _ in queries], [history for _ in queries]

    brain = BrainScorer(Model.load(ARTIFACTS), Empty(), RecentEvents(lambda: 0.0))

    outcomes = await brain.score([read_transaction(canary, {"USD": Decimal(1)}) for canary in PAIR])

    replies = [outcome for outcome in outcomes if isinstance(outcome, ScoreReply)]
    assert judge(PAIR, replies) is Finding.PASSED
    assert replies[0].risk_score > 10 * replies[1].risk_score


class FakeBrains:
    """By address: what each says of the risky and the clean one. Remembers who is distrusted."""

    def __init__(self, **scores: tuple[float, float]) -> None:
        self.scores = scores
        self.distrusted: set[str] = set()
        self.silent: set[str] = set()

    @property
    def has_only_liars(self) -> bool:
        """All that are there."""
        return bool(self.scores) and self.distrusted >= self.scores.keys()

    async def probe(self, canaries: list[fraud_pb2.Transaction]) -> dict[str, list[Answer]]:
        """Levels as the shipped model has them."""

        def answer(address: str, canary: fraud_pb2.Transaction, score: float) -> Answer:
            level = RISK_LEVEL_CRITICAL if score >= 0.45 else RISK_LEVEL_LOW
            return None if address in self.silent else reply(canary, score, level)

        return {
            address: [answer(address, canary, score) for canary, score in zip(canaries, pair, strict=True)]
            for address, pair in self.scores.items()
        }

    def distrust(self, address: str, is_distrusted: bool) -> None:
        """Note it."""
        (self.distrusted.add if is_distrusted else self.distrusted.discard)(address)

    async def score_canary(self, canary: fraud_pb2.Transaction) -> Score:
        """Nobody asks here."""
        raise ScorerUnavailable(canary.transaction_id)


class Post:
    """A watch over brains, and what it said."""

    def __init__(self, clock: Clock, brains: FakeBrains) -> None:
        self.brains = brains
        self.sight = Sight(blind_after_s=30.0, now_s=clock, now=time_of_day)
        self.doubts: list[Doubt] = []
        self.watch = CanaryWatch(brains, self.sight, every_s=5.0, doubt=self.doubts.append)


TRUE, CONSTANT = (0.99, 0.01), (0.01, 0.01)


async def test_one_wrong_answer_is_not_yet_a_liar(clock: Clock) -> None:
    """Two in a row are; what it scored since it last told the truth is doubted, once."""
    post = Post(clock, FakeBrains(a=TRUE, b=TRUE))
    await post.watch.look()
    truth_at = time_of_day()
    post.brains.scores["a"] = CONSTANT

    await post.watch.look()
    after_one, is_clear = set(post.brains.distrusted), post.watch.is_clear
    for _ in range(3):
        await post.watch.look()

    assert (after_one, is_clear) == (set(), False)
    assert post.brains.distrusted == {"a"}
    (doubt,) = post.doubts
    assert doubt.since <= truth_at <= doubt.until
    assert doubt.model == ("m", "1")
    assert post.sight.blindness is None  # the other one sees
    assert post.watch.is_clear


async def test_the_truth_in_between_starts_the_count_anew(clock: Clock) -> None:
    """Wrong, right, wrong: nobody is left out."""
    post = Post(clock, FakeBrains(a=TRUE))
    for scores in (CONSTANT, TRUE, CONSTANT, TRUE):
        post.brains.scores["a"] = scores
        await post.watch.look()

    assert post.brains.distrusted == set()
    assert post.doubts == []


async def test_the_last_one_to_lie_makes_us_blind(clock: Clock) -> None:
    """At once, and until one tells the truth again."""
    post = Post(clock, FakeBrains(a=CONSTANT, b=CONSTANT))
    await post.watch.look()
    await post.watch.look()
    blindness = post.sight.blindness

    post.brains.scores["b"] = TRUE
    await post.watch.look()

    assert blindness is not None
    assert (blindness.cause, blindness.never_scored) == (BlindCause.CANARY, True)
    assert post.brains.distrusted == {"a"}
    assert post.sight.blindness is None


async def test_silence_is_no_lie(clock: Clock) -> None:
    """A brain that is slow, or draining, is not distrusted; a liar does not become honest by silence."""
    post = Post(clock, FakeBrains(a=CONSTANT, b=TRUE))
    post.brains.silent = {"b"}
    for _ in range(5):
        await post.watch.look()
    post.brains.silent = {"a", "b"}
    await post.watch.look()

    assert post.brains.distrusted == {"a"}


async def test_who_comes_back_is_looked_at_before_it_is_believed(clock: Clock) -> None:
    """The circuit closes by a trial, which a liar passes as well."""
    post = Post(clock, FakeBrains(a=TRUE))
    await post.watch.look()
    before = post.watch.is_clear

    post.watch.circuit_closed()

    assert before
    assert not post.watch.is_clear
    await post.watch.look()
    assert post.watch.is_clear
