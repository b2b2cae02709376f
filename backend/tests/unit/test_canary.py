"""What a pair of answers shows, and what follows from it."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from brain.description import describe
from brain.drift import Drift
from brain.history import Event, Query
from brain.model import Model
from brain.recent import RecentEvents
from brain.scoring import Scorer as BrainScorer
from brain.wire import read_transaction
from gateway.canary.pair import ANY_TWO, Canary, Finding, Pair, UnusablePair, judge, read_pair
from gateway.canary.watch import CanaryWatch, Doubt
from gateway.clock import now as time_of_day
from gateway.domain import Score
from gateway.scoring.errors import ScorerUnavailable
from gateway.scoring.scorer import Answer
from gateway.scoring.sight import BlindCause, Sight
from protos import fraud_pb2
from protos.fraud_pb2 import RISK_LEVEL_LOW, ScoreReply
from tests.clock import Clock
from training.train import ARTIFACTS

NOW_MS = 1_767_182_400_000
BOUNDS = Pair(Canary(1_000_00, "USD", None, 0.6, 0.7), Canary(12_50, "USD", None, 0.01, 0.02))
SENT = BOUNDS.make("1", now_ms=NOW_MS)


def reply(canary: fraud_pb2.Transaction, score: float, level: "fraud_pb2.RiskLevel.ValueType") -> ScoreReply:
    """An answer to this one."""
    return ScoreReply(
        transaction_id=canary.transaction_id, risk_score=score, risk_level=level, model_name="m", model_version="1"
    )


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


def said(*canaries: tuple[int, str, float, float]) -> fraud_pb2.ModelDescription:
    """What a brain says of its pair: amount, currency and bounds of each, the clean one first."""
    return fraud_pb2.ModelDescription(
        canaries=[
            fraud_pb2.Canary(
                transaction=fraud_pb2.Transaction(amount=fraud_pb2.Money(minor_units=minor, currency=currency)),
                score_min=low,
                score_max=high,
            )
            for minor, currency, low, high in canaries
        ]
    )


CLEAN, RISKY = (1250, "USD", 0.01, 0.02), (100_000, "USD", 0.1, 0.2)


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


@pytest.mark.parametrize("history", [(), None])
async def test_the_shipped_model_keeps_the_bounds_of_its_own_pair(history: Sequence[Event] | None) -> None:
    """With an empty history and without any: as it says of itself, over the wire."""
    model = Model.load(ARTIFACTS)
    pair = read_pair(
        fraud_pb2.ModelDescription.FromString(describe(model, shadow=None, drift=Drift(())).SerializeToString())
    )

    class Empty:
        async def read(self, queries: Sequence[Query]) -> tuple[list[Any], list[Any]]:
            return [history for _ in queries], [history for _ in queries]

    brain = BrainScorer(model, Empty(), RecentEvents(lambda: 0.0))
    sent = pair.make("1", now_ms=NOW_MS)

    outcomes = await brain.score([read_transaction(canary, {"USD": Decimal(1)}) for canary in sent])

    replies = [outcome for outcome in outcomes if isinstance(outcome, ScoreReply)]
    assert pair is not ANY_TWO
    assert judge(pair, sent, replies) is Finding.PASSED
    assert judge(pair, sent, [replies[0], replies[0]]) is Finding.FAILED


class FakeBrains:
    """By address: what each says of the risky and the clean one. Remembers who is distrusted."""

    def __init__(self, **scores: tuple[float, float]) -> None:
        self.scores = scores
        self.distrusted: set[str] = set()
        self.silent: set[str] = set()
        self.said = dict.fromkeys(scores, said(CLEAN, (100_000, "USD", 0.98, 0.992)))

    @property
    def has_only_liars(self) -> bool:
        """All that are there."""
        return bool(self.scores) and self.distrusted >= self.scores.keys()

    async def describe(self) -> dict[str, fraud_pb2.ModelDescription]:
        """The pair of each one's model; none of those that say nothing."""
        return {address: self.said[address] for address in self.scores if address in self.said}

    async def probe(self, canaries_for: Callable[[str], Sequence[fraud_pb2.Transaction]]) -> dict[str, list[Answer]]:
        """The scores, and whatever level."""
        return {
            address: [
                None if address in self.silent else reply(canary, score, RISK_LEVEL_LOW)
                for canary, score in zip(canaries_for(address), pair, strict=True)
            ]
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


TRUE, CONSTANT = (0.99, 0.015), (0.015, 0.015)


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


async def test_each_brain_is_held_to_the_pair_of_its_own_model(clock: Clock) -> None:
    """Two artifacts side by side, as in a rollout: what is right for one is wrong for the other."""
    post = Post(clock, FakeBrains(old=TRUE, new=(0.15, 0.015), liar=(0.15, 0.015)))
    post.brains.said["new"] = said(CLEAN, RISKY)

    for _ in range(2):
        await post.watch.look()

    assert post.brains.distrusted == {"liar"}


async def test_another_artifact_at_the_same_address_is_asked_for_its_own_pair(clock: Clock) -> None:
    """A brain that comes back retrained is no liar, not even for one look."""
    post = Post(clock, FakeBrains(a=TRUE))
    await post.watch.look()

    post.brains.scores["a"], post.brains.said["a"] = (0.15, 0.015), said(CLEAN, RISKY)
    await post.watch.look()

    assert post.watch.is_clear


async def test_who_vouches_for_itself_with_a_silly_pair_is_held_to_none(clock: Clock) -> None:
    """Bounds of 0 to 1 would let a constant pass; it is found all the same, and whoever tells two apart is not."""
    post = Post(clock, FakeBrains(constant=CONSTANT, other=(0.3, 0.2)))
    for address in post.brains.said:
        post.brains.said[address] = said((1250, "USD", 0.0001, 0.9999), (100_000, "USD", 0.0001, 0.9999))

    for _ in range(2):
        await post.watch.look()

    assert post.brains.distrusted == {"constant"}


async def test_a_brain_that_says_nothing_of_itself_keeps_the_pair_it_had(clock: Clock) -> None:
    """Describe may be slow when scores are not."""
    post = Post(clock, FakeBrains(a=TRUE, b=TRUE))
    await post.watch.look()
    post.brains.said.clear()
    post.brains.scores["a"] = (0.3, 0.2)  # apart, and not what its model says

    for _ in range(2):
        await post.watch.look()

    assert post.brains.distrusted == {"a"}
