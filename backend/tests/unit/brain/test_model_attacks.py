"""The shipped model on attacks that its makers name, asked as serving is: through the memory, with reasons."""

from itertools import product

import pytest

from brain.domain import DAY_MS, HOUR_MS, LABEL_DELAY_MS, Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import Model
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from tests.model_worlds import NOW_MS
from training.train import ARTIFACTS

CARDS = 30


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


@pytest.mark.parametrize("one_user", [True, False], ids=["one user", "a guest each"])
def test_thirty_cards_on_one_device_in_an_hour_are_high_and_the_reason_says_so(model: Model, one_user: bool) -> None:
    """Of any amount, at one merchant, at one each or at none that is named. One user's own activity says it first."""
    for cents, merchants in product((150, 2_000, 15_000, 90_000), (0, 1, CARDS)):
        memory = Memory(0.1)
        memory.coverage.read_all()
        tried = [
            Query(
                f"t{n}",
                NOW_MS + n * HOUR_MS // CARDS,
                cents,
                "u" if one_user else f"u{n}",
                f"m{n % merchants}" if merchants else None,
                card=f"c{n}",
                device="d",
            )
            for n in range(CARDS)
        ]
        memory.add(tried)
        asked = tried[-1:]
        x, _ = read_features(memory, rows_of(asked), LABEL_DELAY_MS)

        found = model.predict(x)
        reasons = explain(asked, x, found.contributions)[0]

        assert found.risk_scores[0] >= model.thresholds["high"]
        raised = {reason.code for reason in reasons if reason.contribution > 0}
        assert raised & ({"USER_ACTIVITY"} if one_user else {"DEVICE_ACTIVITY"}), reasons


def test_an_attack_that_goes_on_is_no_habit(model: Model) -> None:
    """A user who paid hundreds of times today is not a good customer for that."""
    memory = Memory(0.2)
    memory.coverage.read_all()
    memory.add([Query(f"t{n}", NOW_MS + n * 40_000, 160, "u", "m", card=f"c{n}", device="d") for n in range(300)])
    asked = [Query(f"t{n}", NOW_MS + n * 40_000, 160, "u", "m", card=f"c{n}", device="d") for n in (60, 299)]

    scores = model.predict(read_features(memory, rows_of(asked), LABEL_DELAY_MS)[0]).risk_scores

    assert scores.min() >= model.thresholds["high"]


def test_canaries_score_the_same_at_any_hour_whatever_can_be_read(model: Model) -> None:
    """A gateway must see whether the model scores, not what o'clock it is nor whether the ledger is away."""
    empty, unreadable = Memory(0.01), Memory(0.01)
    empty.coverage.read_all()
    for canary in model.canaries:
        minor, times = canary.minor_units, [NOW_MS, NOW_MS + 5 * HOUR_MS, NOW_MS + 3 * DAY_MS]
        rows = rows_of([Query("c", time_ms, minor, "canary", None, is_canary=True) for time_ms in times])
        scores = {
            score
            for memory in (empty, unreadable)
            for score in model.predict(read_features(memory, rows)[0]).risk_scores.tolist()
        }

        assert len(scores) == 1
        assert canary.score_min < scores.pop() < canary.score_max
