"""A second model sees what the first one sees, is told beside it, and changes nothing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from brain.domain import LABEL_DELAY_MS, Query
from brain.errors import ArtifactError
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS
from brain.history.memory import Memory
from brain.model.artifact import Floats, Prediction
from brain.scoring.scorer import Scorer
from brain.scoring.shadow import Shadow, load_shadow
from protos import fraud_pb2
from tests.brain_calls import NOON_MS
from tests.clock import Clock

AMOUNT = FEATURE_NAMES.index("amount_alone")
THRESHOLDS = {"medium": 0.3, "high": 0.6, "critical": 0.9}


class AmountModel:
    """Its score is the amount in thousands; the shadow's flavour may fail, or answer nonsense."""

    name = "amounts"
    thresholds = THRESHOLDS
    may_block = True
    own_labels = False
    label_delay_ms = LABEL_DELAY_MS

    def __init__(self, version: str, *, factor: float = 1.0, failure: Exception | None = None) -> None:
        self.version = version
        self.failure = failure
        self._factor = factor

    def predict(self, x: Floats) -> Prediction:
        """As the model that decides."""
        return Prediction(x[:, AMOUNT] / 1000, np.zeros((len(x), len(GROUNDS))))

    def risk_scores(self, x: Floats) -> Floats:
        """As the one in shadow."""
        if self.failure is not None:
            raise self.failure
        scores: Floats = x[:, AMOUNT] / 1000 * self._factor
        return scores


@pytest.fixture
def clock() -> Clock:
    """A clock of this test."""
    return Clock()


def scored(amounts: Sequence[float], shadow: Shadow | None) -> list[fraud_pb2.ScoreReply]:
    """The replies to payments of these amounts, in reference units."""
    scorer = Scorer(AmountModel("1"), Memory(1), shadow=shadow)
    queries = [Query(f"t{n}", NOON_MS, round(amount * 100), f"u{n}", None) for n, amount in enumerate(amounts)]
    outcomes = scorer.score(queries)
    return [outcome for outcome in outcomes if isinstance(outcome, fraud_pb2.ScoreReply)]


def without_shadow(replies: Sequence[fraud_pb2.ScoreReply]) -> list[bytes]:
    """All that decides, to the byte."""
    copies = []
    for reply in replies:
        copy = fraud_pb2.ScoreReply()
        copy.CopyFrom(reply)
        copy.ClearField("shadow")
        copies.append(copy.SerializeToString(deterministic=True))
    return copies


def test_each_reply_says_what_the_shadow_would_have_said(clock: Clock) -> None:
    """Its own score of the same row, by its own thresholds, under its own name."""
    replies = scored([100, 700, 950], Shadow(AmountModel("2", factor=0.5), clock))

    shadows = [reply.shadow for reply in replies]
    assert [round(shadow.risk_score, 6) for shadow in shadows] == [0.05, 0.35, 0.475]
    assert [shadow.risk_level for shadow in shadows] == [
        fraud_pb2.RISK_LEVEL_LOW,
        fraud_pb2.RISK_LEVEL_MEDIUM,
        fraud_pb2.RISK_LEVEL_MEDIUM,
    ]
    assert {(shadow.model_name, shadow.model_version) for shadow in shadows} == {("amounts", "2")}


@pytest.mark.parametrize(
    "model",
    [
        AmountModel("2", factor=0.5),
        AmountModel("2", factor=float("nan")),
        AmountModel("2", failure=ZeroDivisionError()),
    ],
    ids=["well", "NaN", "raises"],
)
def test_the_shadow_never_decides(clock: Clock, model: AmountModel) -> None:
    """Well or not, all else in the replies is the same to the byte as without it."""
    alone = scored([100, 700, 950], None)

    beside = scored([100, 700, 950], Shadow(model, clock))

    assert without_shadow(beside) == without_shadow(alone)
    assert len(alone) == 3


@pytest.mark.parametrize(
    "model",
    [
        AmountModel("2", failure=ZeroDivisionError()),
        AmountModel("2", factor=float("nan")),
        AmountModel("2", factor=-1),
        AmountModel("2", factor=1000),
    ],
    ids=["raises", "NaN", "negative", "above 1"],
)
def test_a_shadow_that_fails_leaves_its_place_empty(clock: Clock, model: AmountModel) -> None:
    """Never a score of 0 that nobody gave."""
    with capture_logs() as logs:
        replies = scored([100, 700], Shadow(model, clock))

    assert [reply.HasField("shadow") for reply in replies] == [False, False]
    assert [log["event"] for log in logs] == ["shadow.failed"]


def test_one_row_without_a_shadow_costs_its_neighbours_nothing(clock: Clock) -> None:
    """A single score that cannot be true."""
    replies = scored([100, 700], Shadow(AmountModel("2", factor=2), clock))

    assert [reply.HasField("shadow") for reply in replies] == [True, False]


def test_a_shadow_that_always_fails_is_logged_once_in_a_while(clock: Clock) -> None:
    """At its first failure, then once a minute, with the rows that it cost in between."""
    shadow = Shadow(AmountModel("2", failure=ZeroDivisionError()), clock)
    rows = np.ones((4, len(FEATURE_NAMES)))

    with capture_logs() as logs:
        for _ in range(10):
            shadow.score(rows)
        clock.now_s += 60.0
        shadow.score(rows)

    assert [log["rows"] for log in logs] == [4, 9 * 4 + 4]


def test_no_directory_is_no_shadow() -> None:
    """The usual case."""
    assert load_shadow(None) is None


def test_a_damaged_shadow_stops_the_start_and_names_its_setting(tmp_path: Path) -> None:
    """Rather than a model that somebody believes to be tried out, and is not."""
    with pytest.raises(ArtifactError, match="BRAIN_SHADOW_MODEL_DIR: cannot read"):
        load_shadow(tmp_path)
