"""The shipped model is whole, agrees with LightGBM, and an artifact that is not is refused."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS
from brain.history.memory import Memory
from brain.model.artifact import METADATA_FILE, MODEL_FILE, ArtifactError, Model
from brain.model.calibration import Calibration
from brain.model.levels import limits
from brain.rollout.models import Serving
from brain.rpc.description import describe
from tests.model_worlds import SMALL
from training.examples.histories import features, masked_features
from training.model.artifact import Trained, is_reproduced
from training.train import ARTIFACTS
from training.world.simulator import simulate


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
    return np.concatenate([features(world, late), masked_features(world, late, rng)])


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """A copy of the shipped artifact that may be damaged."""
    for name in (MODEL_FILE, METADATA_FILE):
        (tmp_path / name).write_bytes((ARTIFACTS / name).read_bytes())
    return tmp_path


def own_columns(model: Model) -> list[int]:
    """The places of what the model looks at, among all features."""
    return [FEATURE_NAMES.index(name) for name in model.features]


def change_metadata(artifact: Path, **changes: object) -> None:
    """Replace fields of the metadata."""
    metadata = json.loads((artifact / METADATA_FILE).read_text())
    (artifact / METADATA_FILE).write_text(json.dumps(metadata | changes))


def test_scores_agree_with_lightgbm_on_twenty_thousand_rows(model: Model, rows: NDArray[np.float64]) -> None:
    """The served form is the trained model, not something like it."""
    booster = lightgbm.Booster(model_file=str(ARTIFACTS / MODEL_FILE))

    raw = np.asarray(booster.predict(rows[:, own_columns(model)], num_threads=1, raw_score=True))
    difference = np.abs(model.log_odds(rows) - raw)

    assert len(rows) >= 20_000
    assert np.isnan(rows).any(axis=1).mean() > 0.3
    assert difference.max() < 1e-9
    assert np.abs(model.risk_scores(rows) - model.calibration.probabilities(raw)).max() < 1e-9


def test_calibration_changes_no_order(model: Model, rows: NDArray[np.float64]) -> None:
    """Neither a ranking nor a figure made of one moves: what the trees tell apart, the served scores do too."""
    raw = np.unique(model.log_odds(rows).round(9))

    served = model.calibration.probabilities(raw)

    assert raw.size > 10_000
    assert (np.diff(served) > 0).all()
    assert ((served > 0) & (served < 1)).all()


def test_contributions_add_up_to_the_log_odds_before_calibration(model: Model, rows: NDArray[np.float64]) -> None:
    """So a reason says what the trees did, whatever map makes a probability of it."""
    some = rows[:: len(rows) // 500]

    sums = model.predict(some).contributions.sum(axis=1)

    average = model.log_odds(some) - sums
    assert np.ptp(average) < 1e-9
    assert 0 < 1 / (1 + np.exp(-average[0])) < 0.05


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
    assert model.features
    assert set(model.features) <= set(FEATURE_NAMES)
    assert list(model.thresholds) == ["medium", "high", "critical"]
    assert "simulated" in model.trained_on
    assert model.name
    assert model.version


def test_the_model_card_speaks_of_the_shipped_model(model: Model) -> None:
    """Version, training rows and thresholds: a new artifact needs a new card."""
    card = (Path(__file__).parents[4] / "docs" / "model-card.md").read_text()
    metadata = json.loads((ARTIFACTS / METADATA_FILE).read_text())

    assert card.startswith(f"# Model card: {model.name} {model.version}\n")
    assert f"{metadata['rows']:,} rows, {metadata['frauds']:,} frauds" in card
    for level, lowest in model.thresholds.items():
        assert f"| {level} | {lowest:.4f} |" in card


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


@pytest.mark.parametrize("flag", ["may_block", "own_labels"])
def test_a_permission_must_be_given_in_so_many_words(artifact: Path, flag: str) -> None:
    """Without a word it is not given; true gives it; whatever else stands there stops the brain."""
    metadata = json.loads((artifact / METADATA_FILE).read_text())
    metadata.pop(flag, None)
    (artifact / METADATA_FILE).write_text(json.dumps(metadata))
    assert getattr(Model.load(artifact), flag) is False

    change_metadata(artifact, **{flag: True})
    assert getattr(Model.load(artifact), flag) is True

    no_answers: list[object] = ["true", "false", 1, 0, None, [], {}]
    for no_answer in no_answers:
        change_metadata(artifact, **{flag: no_answer})
        with pytest.raises(ArtifactError, match="true or false"):
            Model.load(artifact)


def test_the_model_says_how_far_its_scores_may_be_acted_on(artifact: Path) -> None:
    """Describe gives both thresholds and both permissions, for the shadow as for the model that decides."""
    change_metadata(artifact, may_block=True)
    blocking, shipped = Model.load(artifact), Model.load(ARTIFACTS)

    said = describe(Serving.of_settings(shipped, blocking), Memory(1))

    assert said.limits == limits(shipped)
    assert (said.limits.may_block, said.shadow.limits.may_block) == (False, True)
    assert said.limits.review_threshold == shipped.thresholds["high"]
    assert said.limits.block_threshold == shipped.thresholds["critical"]


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
    [
        [],
        {"amount_alone": None},
        {"amount_alone": {"edges": [1.0]}},
        {"height": {"edges": [1.0], "shares": [0.5, 0.5, 0.0]}},
    ],
    ids=["a list", "nothing", "no shares", "no feature"],
)
def test_a_senseless_reference_is_refused(artifact: Path, reference: object) -> None:
    """Drift measured against it would alarm for ever, or never."""
    change_metadata(artifact, reference=reference)

    with pytest.raises(ArtifactError, match="damaged"):
        Model.load(artifact)


@pytest.mark.parametrize(
    "calibration",
    [
        {"raw": [0.0, 1.0, 1.0], "calibrated": [0.0, 1.0, 2.0]},
        {"raw": [0.0, 1.0, 2.0], "calibrated": [0.0, 2.0, 1.0]},
        {"raw": [0.0, 1.0], "calibrated": [0.0, 1.0, 2.0]},
        {"raw": [], "calibrated": []},
        {"raw": [0.0, None], "calibrated": [0.0, 1.0]},
        {"raw": [0.0, 1e999], "calibrated": [0.0, 1.0]},
        {"raw": 0.0, "calibrated": 0.0},
        {"raw": list(range(65)), "calibrated": list(range(65))},
        {"raw": [0.0]},
        {},
        [0.0],
    ],
)
def test_a_calibration_that_does_not_ascend_is_refused(artifact: Path, calibration: object) -> None:
    """It would call a riskier payment less risky."""
    change_metadata(artifact, calibration=calibration)

    with pytest.raises(ArtifactError):
        Model.load(artifact)


def test_a_model_without_calibration_is_served_as_it_is(artifact: Path, rows: NDArray[np.float64]) -> None:
    """Artifacts of earlier releases stay loadable."""
    change_metadata(artifact, calibration=None)

    model = Model.load(artifact)

    raw = model.log_odds(rows)
    assert np.abs(model.risk_scores(rows) - 1 / (1 + np.exp(-raw))).max() < 1e-15


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
    shipped = Model.load(ARTIFACTS)
    some = rows[:2000]
    scores = shipped.risk_scores(some)
    same = Trained(text, json.loads((ARTIFACTS / METADATA_FILE).read_text())["encodings"], shipped.calibration)
    assert is_reproduced(ARTIFACTS, same, some, scores + 1)[0]
    uncalibrated = replace(same, calibration=Calibration.none())
    for other in (replace(same, text=text + "\n"), uncalibrated, replace(same, encodings={})):
        assert is_reproduced(ARTIFACTS, other, some, scores + 1e-9)[0]
        assert not is_reproduced(ARTIFACTS, other, some, scores + 1e-5)[0]
