"""What follows from the answers to canaries."""

from collections.abc import Callable, Sequence

from gateway.domain import Score
from gateway.kit.clock import now as time_of_day
from gateway.scoring.canary.watch import CanaryWatch, SuspectScores
from gateway.scoring.errors import ScorerUnavailable
from gateway.scoring.monitor import BlindCause, ScoreMonitor
from gateway.scoring.scorer import Answer
from protos import fraud_pb2
from protos.fraud_pb2 import RISK_LEVEL_LOW
from tests.canaries import CLEAN, RISKY, reply, said
from tests.clock import Clock


class FakeBrains:
    """By address: what each says of the risky and the clean one. Remembers who is distrusted."""

    def __init__(self, **scores: tuple[float, float]) -> None:
        self.scores = scores
        self.distrusted: set[str] = set()
        self.silent: set[str] = set()
        self.said = dict.fromkeys(scores, said(CLEAN, (100_000, "USD", 0.98, 0.992)))

    @property
    def has_only_unhealthy(self) -> bool:
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
        self.monitor = ScoreMonitor(blind_after_s=30.0, now_s=clock, now=time_of_day)
        self.suspects: list[SuspectScores] = []
        self.watch = CanaryWatch(brains, self.monitor, every_s=5.0, on_suspect=self.suspects.append)


TRUE, CONSTANT = (0.99, 0.015), (0.015, 0.015)


async def test_one_wrong_answer_does_not_make_a_brain_unhealthy(clock: Clock) -> None:
    """Two in a row are; what it scored since it last passed is suspect, once."""
    post = Post(clock, FakeBrains(a=TRUE, b=TRUE))
    await post.watch.look()
    passed_at = time_of_day()
    post.brains.scores["a"] = CONSTANT

    await post.watch.look()
    after_one, canaries_pass = set(post.brains.distrusted), post.monitor.canaries_pass
    for _ in range(3):
        await post.watch.look()

    assert (after_one, canaries_pass) == (set(), False)
    assert post.brains.distrusted == {"a"}
    (suspect_scores,) = post.suspects
    assert suspect_scores.since <= passed_at <= suspect_scores.until
    assert suspect_scores.model == ("m", "1")
    assert post.monitor.blindness is None  # the other one sees
    assert post.monitor.canaries_pass


async def test_a_pass_in_between_starts_the_count_anew(clock: Clock) -> None:
    """Wrong, right, wrong: nobody is left out."""
    post = Post(clock, FakeBrains(a=TRUE))
    for scores in (CONSTANT, TRUE, CONSTANT, TRUE):
        post.brains.scores["a"] = scores
        await post.watch.look()

    assert post.brains.distrusted == set()
    assert post.suspects == []


async def test_a_brain_that_takes_up_another_model_during_a_look_is_not_distrusted(clock: Clock) -> None:
    """It was asked with the pair of the model before; the next look, which comes soon, asks with that of its own."""
    post = Post(clock, FakeBrains(a=TRUE))
    await post.watch.look()
    post.brains.scores["a"], post.brains.said["a"].version = (0.15, 0.015), "0"  # replies are of version 1

    for _ in range(3):
        await post.watch.look()
        post.brains.said["a"].version = "1"
        del post.brains.said["a"].canaries[:]
        post.brains.said["a"].canaries.extend(said(CLEAN, RISKY).canaries)

    assert post.brains.distrusted == set()
    assert post.suspects == []
    assert post.monitor.canaries_pass


async def test_a_brain_whose_replies_never_name_the_model_that_it_describes_gets_one_look_of_grace(
    clock: Clock,
) -> None:
    """Nobody escapes the canaries by a name."""
    post = Post(clock, FakeBrains(a=CONSTANT))
    post.brains.said["a"].version = "another"

    await post.watch.look()
    after_one = set(post.brains.distrusted)
    for _ in range(4):
        await post.watch.look()

    assert (after_one, post.brains.distrusted) == (set(), {"a"})


async def test_the_last_one_to_lie_makes_us_blind(clock: Clock) -> None:
    """At once, and until one tells the truth again."""
    post = Post(clock, FakeBrains(a=CONSTANT, b=CONSTANT))
    await post.watch.look()
    await post.watch.look()
    blindness = post.monitor.blindness

    post.brains.scores["b"] = TRUE
    await post.watch.look()

    assert blindness is not None
    assert (blindness.cause, blindness.never_scored) == (BlindCause.CANARY, True)
    assert post.brains.distrusted == {"a"}
    assert post.monitor.blindness is None


async def test_silence_is_no_lie(clock: Clock) -> None:
    """A brain that is slow, or draining, is not distrusted; an unhealthy one does not become healthy by silence."""
    post = Post(clock, FakeBrains(a=CONSTANT, b=TRUE))
    post.brains.silent = {"b"}
    for _ in range(5):
        await post.watch.look()
    post.brains.silent = {"a", "b"}
    await post.watch.look()

    assert post.brains.distrusted == {"a"}


async def test_who_comes_back_is_probed_before_it_is_asked(clock: Clock) -> None:
    """The circuit closes by a trial, which an unhealthy brain passes as well."""
    post = Post(clock, FakeBrains(a=TRUE))
    await post.watch.look()
    before = post.monitor.canaries_pass

    post.watch.circuit_closed()

    assert before
    assert not post.monitor.canaries_pass
    await post.watch.look()
    assert post.monitor.canaries_pass


async def test_each_brain_is_held_to_the_pair_of_its_own_model(clock: Clock) -> None:
    """Two artifacts side by side, as in a rollout: what is right for one is wrong for the other."""
    post = Post(clock, FakeBrains(old=TRUE, new=(0.15, 0.015), unhealthy=(0.15, 0.015)))
    post.brains.said["new"] = said(CLEAN, RISKY)

    for _ in range(2):
        await post.watch.look()

    assert post.brains.distrusted == {"unhealthy"}


async def test_another_artifact_at_the_same_address_is_asked_for_its_own_pair(clock: Clock) -> None:
    """A brain that comes back retrained is not unhealthy, not even for one look."""
    post = Post(clock, FakeBrains(a=TRUE))
    await post.watch.look()

    post.brains.scores["a"], post.brains.said["a"] = (0.15, 0.015), said(CLEAN, RISKY)
    await post.watch.look()

    assert post.monitor.canaries_pass


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
