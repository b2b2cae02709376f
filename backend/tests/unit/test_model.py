"""The shipped model is whole, agrees with LightGBM and behaves as people expect."""

import hashlib
import json
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from brain.features import FEATURE_NAMES, build_batch, compute
from brain.grounds import GROUNDS
from brain.history import Event
from brain.model import METADATA_FILE, MODEL_FILE, ArtifactError, Model
from tests.unit.model_worlds import SMALL, a_fraud, a_query, an_event
from training.artifact import is_reproduced
from training.histories import batches, features
from training.masks import mask
from training.simulate import simulate
from training.train import ARTIFACTS


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float64]:
    """Over 20,000 payments, the second half with parts of their histories lost."""
    world = simulate(41, SMALL)
    rng = np.random.default_rng(42)
    late = np.flatnonzero(world.day > 20)
    return np.concatenate([features(world, late), *(compute(mask(batch, rng)) for batch in batches(world, late))])


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """A copy of the shipped artifact that may be damaged."""
    for name in (MODEL_FILE, METADATA_FILE):
        (tmp_path / name).write_bytes((ARTIFACTS / name).read_bytes())
    return tmp_path


def change_metadata(artifact: Path, **changes: object) -> None:
    """Replace fields of the metadata."""
    metadata = json.loads((artifact / METADATA_FILE).read_text())
    (artifact / METADATA_FILE).write_text(json.dumps(metadata | changes))


def score(model: Model, amount: float | None, *, user: list[Event] | None, merchant: str | None = None) -> float:
    """Risk score of one payment."""
    x = compute(build_batch([a_query(amount, merchant=merchant)], [user], [[]]))
    return float(model.predict(x).risk_scores[0])


def test_scores_agree_with_lightgbm_on_twenty_thousand_rows(model: Model, rows: NDArray[np.float64]) -> None:
    """The served form is the trained model, not something like it."""
    booster = lightgbm.Booster(model_file=str(ARTIFACTS / MODEL_FILE))

    difference = np.abs(model.risk_scores(rows) - np.asarray(booster.predict(rows, num_threads=1)))

    assert len(rows) >= 20_000
    assert np.isnan(rows).any(axis=1).mean() > 0.3
    assert difference.max() < 1e-9


def test_a_score_does_not_depend_on_its_batch(model: Model, rows: NDArray[np.float64]) -> None:
    """Alone or among others, a row gets the same bits."""
    some = rows[:: len(rows) // 300]

    together = model.predict(some)
    alone = [model.predict(row[None, :]) for row in some]

    assert np.array_equal(together.risk_scores, np.concatenate([one.risk_scores for one in alone]))
    assert np.array_equal(together.risk_scores, model.risk_scores(some))
    assert np.allclose(together.contributions, np.concatenate([one.contributions for one in alone]), atol=1e-12)


def test_nothing_to_score_is_no_error(model: Model) -> None:
    """An empty batch comes back empty."""
    prediction = model.predict(np.empty((0, len(FEATURE_NAMES))))

    assert prediction.risk_scores.shape == (0,)
    assert prediction.contributions.shape == (0, len(GROUNDS))


def test_the_model_says_what_it_is(model: Model) -> None:
    """Describe can tell an operator all of it, and that the data is simulated."""
    digest = hashlib.sha256((ARTIFACTS / MODEL_FILE).read_bytes()).hexdigest()

    assert model.sha256 == digest
    assert model.features == FEATURE_NAMES
    assert list(model.thresholds) == ["medium", "high", "critical"]
    assert "simulated" in model.trained_on
    assert model.name
    assert model.version


def test_a_new_user_with_four_fields_is_scored_sensibly(model: Model) -> None:
    """The README's first call: an ordinary amount is low, a very large one critical."""
    assert score(model, 150.50, user=[]) < model.thresholds["medium"]
    assert score(model, 5_000, user=[]) >= model.thresholds["critical"]


def test_without_a_readable_history_the_amount_still_speaks(model: Model) -> None:
    """A profile store that is away costs accuracy, not sense."""
    assert score(model, 150.50, user=None) < model.thresholds["medium"]
    assert score(model, 5_000, user=None) >= model.thresholds["critical"]


@pytest.mark.parametrize("user", [None, [], [an_event(str(day), days_ago=day, amount=20) for day in range(1, 20)]])
def test_a_larger_amount_never_lowers_the_score(model: Model, user: list[Event] | None) -> None:
    """All else equal, from five to five thousand."""
    scores = [score(model, amount, user=user) for amount in (5, 50, 100, 150, 200, 230, 500, 1_000, 5_000)]

    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


def test_five_times_the_usual_is_riskier_than_the_usual(model: Model) -> None:
    """A stolen card's payment stands out from its owner's, far below any absolute limit."""
    history = [an_event(str(n), days_ago=n / 2, amount=18 + n % 5) for n in range(1, 50)]

    usual, multiplied = score(model, 20, user=history), score(model, 110, user=history)

    assert usual < model.thresholds["medium"]
    assert multiplied > 10 * usual


def test_a_merchant_of_known_frauds_is_critical_for_anyone(model: Model) -> None:
    """Labels change a merchant's risk once they are known, and not before."""
    frauds = [a_fraud(str(n), days_ago=8 + n / 2, amount=30) for n in range(8)]
    unlabelled = [an_event(str(n), days_ago=8 + n / 2, amount=30) for n in range(8)]
    before = [an_event(f"b{n}", days_ago=14 + n, amount=30) for n in range(15)]
    history = [an_event(str(n), days_ago=n / 2, amount=18 + n % 5) for n in range(1, 50)]
    query = a_query(20)

    x = compute(build_batch([query] * 2, [history] * 2, [frauds + before, unlabelled + before]))
    labelled_score, unlabelled_score = model.predict(x).risk_scores

    assert labelled_score >= model.thresholds["critical"]
    assert unlabelled_score < model.thresholds["medium"]


def test_an_unknown_amount_is_not_the_riskiest_thing(model: Model) -> None:
    """A currency without a rate is scored by what else is known."""
    assert score(model, None, user=[]) < model.thresholds["high"]


def test_a_changed_model_is_refused(artifact: Path) -> None:
    """One flipped digit in the trees."""
    text = (artifact / MODEL_FILE).read_text()
    (artifact / MODEL_FILE).write_text(text.replace("leaf_value=-5", "leaf_value=-4", 1))

    with pytest.raises(ArtifactError, match="hash"):
        Model.load(artifact)


def test_other_features_are_refused(artifact: Path) -> None:
    """A model of another release would read the wrong columns."""
    change_metadata(artifact, features=[*FEATURE_NAMES[1:], FEATURE_NAMES[0]])

    with pytest.raises(ArtifactError, match="other features"):
        Model.load(artifact)


@pytest.mark.parametrize(
    "changes",
    [
        {"thresholds": {"medium": 0.5, "high": 0.1, "critical": 0.9}},
        {"thresholds": {"medium": 0.1, "high": 0.5}},
        {"thresholds": {"medium": "many", "high": 0.5, "critical": 0.9}},
        {"thresholds": None},
    ],
    ids=["descending", "one missing", "no number", "none"],
)
def test_senseless_thresholds_are_refused(artifact: Path, changes: dict[str, object]) -> None:
    """A brain with them would call every payment harmless, or none."""
    change_metadata(artifact, **changes)

    with pytest.raises(ArtifactError):
        Model.load(artifact)


def test_an_artifact_from_before_there_were_references_is_served(artifact: Path) -> None:
    """It only cannot say what it was judged on."""
    metadata = json.loads((artifact / METADATA_FILE).read_text())
    for name in ("reference", "metrics"):
        del metadata[name]
    (artifact / METADATA_FILE).write_text(json.dumps(metadata))

    model = Model.load(artifact)

    assert (model.references, model.metrics) == ((), {})


@pytest.mark.parametrize(
    "reference",
    [[], {"amount": None}, {"amount": {"edges": [1.0]}}, {"height": {"edges": [1.0], "shares": [0.5, 0.5, 0.0]}}],
    ids=["a list", "nothing", "no shares", "no feature"],
)
def test_a_senseless_reference_is_refused(artifact: Path, reference: object) -> None:
    """Drift measured against it would alarm for ever, or never."""
    change_metadata(artifact, reference=reference)

    with pytest.raises(ArtifactError, match="damaged"):
        Model.load(artifact)


@pytest.mark.parametrize("name", [MODEL_FILE, METADATA_FILE])
def test_a_missing_file_is_refused(artifact: Path, name: str) -> None:
    """The brain says so at its start instead of scoring with half an artifact."""
    (artifact / name).unlink()

    with pytest.raises(ArtifactError, match="cannot read"):
        Model.load(artifact)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_damaged_metadata_is_refused(artifact: Path, content: bytes) -> None:
    """Whatever stands in the file, the error is the same one."""
    (artifact / METADATA_FILE).write_bytes(content)

    with pytest.raises(ArtifactError):
        Model.load(artifact)


def test_reproduction_is_judged_by_text_or_by_scores(rows: NDArray[np.float64]) -> None:
    """Training again passes with the same text or the same scores, and fails with others."""
    text = (ARTIFACTS / MODEL_FILE).read_text()
    scores = Model.load(ARTIFACTS).risk_scores(rows)

    assert is_reproduced(ARTIFACTS, text, rows, scores + 1)[0]
    assert is_reproduced(ARTIFACTS, text + "\n", rows, scores + 1e-9)[0]
    assert not is_reproduced(ARTIFACTS, text + "\n", rows, scores + 1e-5)[0]
