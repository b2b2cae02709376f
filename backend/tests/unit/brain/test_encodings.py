"""A model's own tables of categories are applied where it scores, and it needs no machine code of its own."""

import functools
import hashlib
import json
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.errors import ArtifactError
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS, ground_of
from brain.model.artifact import METADATA_FILE, MODEL_FILE, Model
from brain.model.encodings import CODES_MAX, Encodings
from brain.scoring.warm_up import warm_up
from brain.settings import HERE
from tests.unit.brain.test_warm_up import compilations

CODED, PLAIN = "user_count_1h", "user_count_7d"  # any two: the tables do not ask what a feature means
NAMES = [PLAIN, CODED]
COLUMN = FEATURE_NAMES.index(CODED)
BIG_CODE = 2**53 - 1
TABLE = {5411: 3.0, 7995: 40.0, BIG_CODE: 11.5, 5999: 0.25}
CODES = np.array([*TABLE, 1234.0, np.nan])


def some_rows(n: int) -> NDArray[np.float64]:
    """Rows of which the coded column holds a known code, an unknown one, or none."""
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, len(FEATURE_NAMES)))
    x[:, COLUMN] = rng.choice(CODES, n)
    return x


def encoded(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the trees shall see, as plainly as it can be said."""
    x = x.copy()
    x[:, COLUMN] = [TABLE.get(code, np.nan) for code in x[:, COLUMN]]
    return x


@functools.cache
def boosted() -> lightgbm.Booster:
    """300 trees with 31 leaves over two of the features, in another order than this version computes them."""
    x = encoded(some_rows(2000))[:, [FEATURE_NAMES.index(name) for name in NAMES]]
    label = (np.nan_to_num(x[:, 1], nan=20.0) > 10) ^ (x[:, 0] > 0.5)
    settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    return lightgbm.train(settings, lightgbm.Dataset(x, label, feature_name=NAMES, params=settings), 300)


def write_artifact(directory: Path, **changes: object) -> None:
    """Put an artifact of these trees into the directory."""
    text = boosted().model_to_string()
    metadata = json.loads((HERE / "artifacts" / METADATA_FILE).read_text()) | {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "features": NAMES,
        "encodings": {CODED: {str(code): number for code, number in TABLE.items()}},
    }
    (directory / MODEL_FILE).write_text(text)
    (directory / METADATA_FILE).write_text(json.dumps(metadata | changes))


def test_coded_columns_are_scored_by_the_models_own_table(tmp_path: Path) -> None:
    """A code means its risk, an unknown one nothing; contributions and scores see the same number."""
    write_artifact(tmp_path)
    model, x = Model.load(tmp_path), some_rows(500)
    seen = encoded(x)[:, [FEATURE_NAMES.index(name) for name in NAMES]]

    prediction = model.predict(x)

    assert np.abs(model.log_odds(x) - np.asarray(boosted().predict(seen, raw_score=True))).max() < 1e-9
    assert np.array_equal(prediction.risk_scores, model.risk_scores(x))
    ground = prediction.contributions[:, GROUNDS.index(ground_of(CODED))]
    assert ground[x[:, COLUMN] == 7995].mean() > ground[x[:, COLUMN] == 5999].mean()
    assert np.array_equal(x, some_rows(500), equal_nan=True)  # reasons and drift are told of the codes


def test_a_model_of_another_shape_needs_no_machine_code_of_its_own(tmp_path: Path) -> None:
    """A promoted model must not compile for seconds in each brain whose image is read-only."""
    warm_up(Model.load(HERE / "artifacts"))
    write_artifact(tmp_path)
    before = compilations()

    warm_up(Model.load(tmp_path))

    assert compilations() == before


@pytest.mark.parametrize(
    "encodings",
    [
        {"no_such_feature": {"1": 2.0}},
        {CODED: {"food": 2.0}},
        {CODED: {"1": "high"}},
        {CODED: {"1": float("nan")}},
        {CODED: [1.0, 2.0]},
        [CODED],
        {CODED: {str(code): 0.0 for code in range(CODES_MAX + 1)}},
    ],
    ids=["no feature", "text as code", "text as number", "nan", "no table", "no tables", "too many"],
)
def test_a_damaged_table_is_refused(tmp_path: Path, encodings: object) -> None:
    """A model whose categories would be misread does not start."""
    write_artifact(tmp_path, encodings=encodings)

    with pytest.raises(ArtifactError):
        Model.load(tmp_path)


def test_without_tables_nothing_is_changed() -> None:
    """The tables of an artifact without coded features are empty."""
    encodings = Encodings.read({}, FEATURE_NAMES)

    assert [len(part) for part in encodings] == [0, 1, 0, 0]


@pytest.mark.parametrize("days", [0, 366, 7.5, "7", True])
def test_a_delay_of_labels_that_cannot_be_is_refused(tmp_path: Path, days: object) -> None:
    """It decides which payments count as genuine."""
    write_artifact(tmp_path, label_delay_days=days)

    with pytest.raises(ArtifactError, match="label_delay_days"):
        Model.load(tmp_path)


def test_the_delay_of_labels_comes_with_the_model(tmp_path: Path) -> None:
    """Serving waits as long as training did; an artifact that does not say it was trained with a week."""
    write_artifact(tmp_path, label_delay_days=30)

    assert Model.load(tmp_path).label_delay_ms == 30 * DAY_MS
    assert Model.load(HERE / "artifacts").label_delay_ms == 7 * DAY_MS
