"""One batch to outcomes: each on its own feet, with the history that there is."""

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from brain.domain import DAY_MS, LABEL_DELAY_MS, Query
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS
from brain.history.memory import Memory
from brain.model.artifact import Floats, Prediction
from brain.model.drift import RISK_SCORE, Drift, Reference
from brain.model.levels import risk_level
from brain.scoring.scorer import Scorer
from brain.scoring.shadow import Shadow
from protos import fraud_pb2
from protos.fraud_pb2 import Failure, ScoreReply
from tests.brain_calls import HOUR_MS, NOON_MS

THRESHOLDS = {"medium": 0.3, "high": 0.6, "critical": 0.9}
POISON_MINOR = 66_600  # an amount that the broken model cannot stand


class EchoModel:
    """Scores a row by one of its features, so that a test sees which row it was; may choke on one amount."""

    name = "echo"
    version = "1"
    thresholds = THRESHOLDS
    may_block = True
    own_labels = False

    def __init__(
        self, *, shows: str = "amount_alone", poison: float | None = None, label_delay_ms: int = LABEL_DELAY_MS
    ) -> None:
        self.label_delay_ms = label_delay_ms
        self.rows: list[dict[str, float]] = []
        self.calls = 0
        self._shows = FEATURE_NAMES.index(shows)
        self._poison = poison

    def predict(self, x: Floats) -> Prediction:
        """score = feature / 1e6."""
        self.calls += 1
        if self._poison is not None and self._poison in x[:, FEATURE_NAMES.index("amount_alone")]:
            raise ZeroDivisionError
        self.rows = [dict(zip(FEATURE_NAMES, row, strict=True)) for row in x.tolist()]
        return Prediction(self.risk_scores(x), np.zeros((len(x), len(GROUNDS))))

    def risk_scores(self, x: Floats) -> Floats:
        """As the one in shadow."""
        scores: Floats = x[:, self._shows] / 1e6
        return scores


@pytest.fixture
def memory() -> Memory:
    """An empty memory of an empty ledger, all of which was read."""
    memory = Memory(1)
    memory.coverage.read_all()
    memory.coverage.news_read(memory.now_s())
    return memory


def a_query(transaction_id: str, *, amount_minor: int = 1000, user_id: str = "u", time_ms: int = NOON_MS) -> Query:
    """Something to be scored."""
    return Query(transaction_id, time_ms, amount_minor, user_id, None)


def replies(outcomes: Sequence[object]) -> list[ScoreReply]:
    """All of them scores."""
    assert all(isinstance(outcome, ScoreReply) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, ScoreReply)]


def test_every_row_gets_its_own_score(memory: Memory) -> None:
    """Order and identity are kept through the batch."""
    scorer = Scorer(EchoModel(), memory)

    scored = replies(scorer.score([a_query(f"t{n}", amount_minor=n * 1000) for n in range(1, 6)]))

    assert [reply.transaction_id for reply in scored] == ["t1", "t2", "t3", "t4", "t5"]
    assert [reply.risk_score for reply in scored] == sorted({reply.risk_score for reply in scored})


def test_every_score_says_how_far_it_may_be_acted_on(memory: Memory) -> None:
    """The gateway keeps no copy of the thresholds: during a change of models two are in use."""
    scorer = Scorer(EchoModel(), memory)

    (reply,) = replies(scorer.score([a_query("t1")]))

    limits = reply.limits
    assert (limits.review_threshold, limits.block_threshold) == (THRESHOLDS["high"], THRESHOLDS["critical"])
    assert (limits.may_block, limits.own_labels) == (True, False)


def test_a_poisonous_row_fails_alone(memory: Memory) -> None:
    """Of 64 rows the one that breaks the model is INTERNAL, all others are scored, in few tries."""
    model = EchoModel(poison=POISON_MINOR / 100)
    scorer = Scorer(model, memory)
    queries = [a_query(f"t{n}", amount_minor=POISON_MINOR if n == 37 else 1000) for n in range(64)]

    outcomes = scorer.score(queries)

    failed = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Failure)]
    assert failed == [37]
    assert model.calls == 1 + 2 * 6
    assert [o.transaction_id for o in outcomes if isinstance(o, ScoreReply)] == [f"t{n}" for n in range(64) if n != 37]


def test_a_score_that_is_no_number_is_a_failure(memory: Memory) -> None:
    """NaN never crosses the wire as a score."""
    scorer = Scorer(EchoModel(shows="merchant_count_7d"), memory)

    (outcome,) = scorer.score([a_query("t1")])

    assert isinstance(outcome, Failure)
    assert outcome.code == Failure.INTERNAL


def test_a_history_that_may_be_incomplete_is_confessed(memory: Memory) -> None:
    """A score made without history says so; one made with an empty history does not."""
    scorer = Scorer(EchoModel(), memory)
    (with_history,) = replies(scorer.score([a_query("t1")]))
    memory.coverage.read_back_to(NOON_MS)  # before that, payments may be missing

    (without,) = replies(scorer.score([a_query("t2")]))

    assert list(with_history.degraded) == []
    assert list(without.degraded) == ["history"]


def test_what_was_scored_a_moment_ago_counts(memory: Memory) -> None:
    """The second payment of a spree sees the first, before any ledger has it."""
    model = EchoModel()
    scorer = Scorer(model, memory)
    scorer.score([a_query("t1")])

    scorer.score([a_query("t2", time_ms=NOON_MS + 1000)])

    assert model.rows[0]["user_count_1h"] == 1


def test_payments_in_one_batch_see_the_earlier_of_each_other(memory: Memory) -> None:
    """Three payments of a user in one batch, a second apart: 0, 1 and 2 before each."""
    model = EchoModel(shows="user_count_1h")
    scorer = Scorer(model, memory)

    scorer.score([a_query(f"t{n}", time_ms=NOON_MS + n * 1000) for n in range(3)])

    assert [row["user_count_1h"] for row in model.rows] == [0, 1, 2]


def test_hedges_see_the_same_history(memory: Memory) -> None:
    """An attempt after its own transaction was scored, and even observed, does not count itself."""
    model = EchoModel(shows="user_count_1h")
    scorer = Scorer(model, memory)
    memory.add([a_query("before", time_ms=NOON_MS - HOUR_MS // 2)])
    scorer.score([a_query("t1")])
    first = model.rows[0]
    memory.add([a_query("t1")])

    scorer.score([a_query("t1"), a_query("t1")])

    assert [row["user_count_1h"] for row in model.rows] == [first["user_count_1h"]] * 2 == [1, 1]


def test_a_canary_is_scored_and_not_counted(memory: Memory) -> None:
    """It would drag the figures of drift towards payments that nobody made."""
    drift = Drift([Reference(RISK_SCORE, (0.5,), (0.5, 0.5, 0.0))])
    scorer = Scorer(EchoModel(), memory, drift=drift)
    canary = replace(a_query("canary"), is_canary=True)

    scored = replies(scorer.score([canary, a_query("t1")])) + replies(scorer.score([canary]))

    assert [reply.transaction_id for reply in scored] == ["canary", "t1", "canary"]
    assert list(drift.live()[0].counts) == [1, 0, 0]


@pytest.mark.parametrize(
    ("risk_score", "level"),
    [
        (0.0, fraud_pb2.RISK_LEVEL_LOW),
        (0.2999, fraud_pb2.RISK_LEVEL_LOW),
        (0.3, fraud_pb2.RISK_LEVEL_MEDIUM),
        (0.6, fraud_pb2.RISK_LEVEL_HIGH),
        (0.9, fraud_pb2.RISK_LEVEL_CRITICAL),
        (1.0, fraud_pb2.RISK_LEVEL_CRITICAL),
    ],
)
def test_a_threshold_is_the_lowest_score_of_its_level(
    risk_score: float, level: "fraud_pb2.RiskLevel.ValueType"
) -> None:
    """Exactly on the threshold is the higher level."""
    assert risk_level(risk_score, THRESHOLDS) == level


def test_each_model_waits_for_labels_as_long_as_its_training_did(memory: Memory) -> None:
    """A payment of 20 days ago is genuine for one, and not known yet for the other, which runs along."""
    memory.add([Query("old", NOON_MS - 20 * DAY_MS, 1000, "u", "m")])
    model = EchoModel(shows="merchant_known_37d")
    other = EchoModel(shows="merchant_known_37d", label_delay_ms=30 * DAY_MS)
    query = Query("new", NOON_MS, 1000, "u", "m")

    (reply,) = replies(Scorer(model, memory, shadow=Shadow(other, lambda: 0.0)).score([query]))

    assert (reply.risk_score, reply.shadow.risk_score) == (1e-6, 0.0)
    assert reply.HasField("shadow")
