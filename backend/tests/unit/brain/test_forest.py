"""The forest answers as LightGBM does, for every kind of missing value."""

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from brain.errors import ArtifactError
from brain.model.forest import sum_trees
from brain.model.forest_builder import build_forest
from brain.model.tree_text import parse

Floats = NDArray[np.float64]


def some_rows(seed: int, rows: int = 3000) -> tuple[Floats, NDArray[np.bool_]]:
    """Rows of five columns with zeros, ties and unknowns, and labels that depend on them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 5)).round(1)
    x[rng.random(x.shape) < 0.1] = 0.0
    x[:, 1:][rng.random((rows, 4)) < 0.2] = np.nan
    label = np.nan_to_num(x[:, 0] * 2 - x[:, 1]) + np.isnan(x[:, 2]) + rng.normal(size=rows) > 1
    return x, label


def boosted(trees: int = 20, /, **parameters: object) -> lightgbm.Booster:
    """A small model."""
    x, label = some_rows(1)
    settings = {"objective": "binary", "num_leaves": 15, "verbose": -1, "num_threads": 1, **parameters}
    return lightgbm.train(settings, lightgbm.Dataset(x, label.astype(float), params=settings), trees)


def answers(booster: lightgbm.Booster, x: Floats) -> tuple[Floats, Floats]:
    """Log-odds (n,) of the forest for the booster's text, and the contributions (n, F) of each feature."""
    forest = build_forest(parse(booster.model_to_string()), np.eye(x.shape[1]))
    contributions = np.empty_like(x)
    return np.array([sum_trees(forest, *rows) for rows in zip(x, contributions, strict=True)]), contributions


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"zero_as_missing": True},
        {"use_missing": False},
        {"num_leaves": 31},
        {"num_leaves": 32, "min_data_in_leaf": 2},
    ],
    ids=["nan is missing", "zero is missing", "nothing is missing", "31 leaves", "32 leaves"],
)
def test_scores_agree_with_lightgbm(parameters: dict[str, object]) -> None:
    """On rows of which some lie exactly on a threshold, at zero, at infinity, or are unknown."""
    booster = boosted(20, **parameters)
    x, _ = some_rows(2)
    x = np.concatenate([x, np.full((1, 5), np.nan), np.full((1, 5), np.inf), np.full((1, 5), -np.inf)])
    x = np.concatenate([x, np.full((1, 5), 1e-36), np.full((1, 5), -1e-36), np.full((1, 5), 1e-34)])

    difference = np.abs(answers(booster, x)[0] - np.asarray(booster.predict(x, raw_score=True)))

    assert difference.max() < 1e-9


def test_contributions_add_up_to_the_score() -> None:
    """Each score is the average score and what each feature added: nothing is left unexplained."""
    log_odds, contributions = answers(boosted(), some_rows(3)[0])

    rest = log_odds - contributions.sum(axis=1)

    assert np.ptp(rest) < 1e-6


def test_a_column_that_no_tree_uses_contributes_nothing() -> None:
    """A reason never names what the model did not look at."""
    x, label = some_rows(1)
    x[:, 4] = 7.0
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(x, label.astype(float), params=settings), 5)

    assert (answers(booster, x)[1][:, 4] == 0).all()


def test_a_categorical_split_is_refused() -> None:
    """A model whose splits would be misread must not start."""
    x, label = some_rows(1)
    x[:, 0] = np.arange(len(x)) % 7
    label = x[:, 0] % 2 == 0
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    data = lightgbm.Dataset(x, label.astype(float), categorical_feature=[0], params=settings)

    with pytest.raises(ArtifactError, match="categorical"):
        parse(lightgbm.train(settings, data, 3).model_to_string())


def test_more_leaves_than_bits_are_refused() -> None:
    """33 leaves do not fit a mask of 32 bits."""
    text = boosted(2, num_leaves=33, min_data_in_leaf=2).model_to_string()

    with pytest.raises(ArtifactError, match="32 leaves"):
        build_forest(parse(text), np.eye(5))


@pytest.mark.parametrize("objective", ["regression", "cross_entropy"])
def test_another_objective_is_refused(objective: str) -> None:
    """Its sums are no log-odds, so its scores would be no probabilities."""
    with pytest.raises(ArtifactError, match="binary"):
        parse(boosted(2, objective=objective).model_to_string())


@pytest.mark.parametrize("text", ["", "hello", "tree\nversion=v4"])
def test_other_text_is_no_model(text: str) -> None:
    """A wrong file is named as such."""
    with pytest.raises(ArtifactError, match="not the text"):
        parse(text)


@pytest.mark.parametrize("extra", [0, 200], ids=["between two trees", "within a tree"])
def test_a_cut_model_is_refused(extra: int) -> None:
    """A half-written file is no smaller model."""
    text = boosted().model_to_string()
    cut = text[: text.index("Tree=3") + extra]

    with pytest.raises(ArtifactError, match="damaged"):
        parse(cut)


def test_a_tree_with_a_lost_value_is_refused() -> None:
    """A tree whose lists do not fit each other is not read as another tree."""
    text = boosted().model_to_string()
    start = text.index("threshold=") + len("threshold=")
    lost = text[:start] + text[text.index(" ", start) + 1 :]

    with pytest.raises(ArtifactError, match="damaged"):
        parse(lost)
