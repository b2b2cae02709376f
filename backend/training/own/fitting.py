"""Fits trees to a merchant's own payments, as large as the number of frauds allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from training.model.encoding import Encodings, apply_encodings, encode_out_of_fold, make_encodings
from training.options import Progress

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FOLDS = 4
SEED = 1


@dataclass(frozen=True, slots=True)
class Size:
    """How many trees of how many leaves, and how many payments a leaf must have."""

    trees: int
    leaves: int
    leaf_payments: int


# By the number of frauds to learn from, the most first: with few, large trees learn the frauds by heart.
SIZES = ((2_000, Size(300, 31, 50)), (500, Size(200, 15, 50)), (100, Size(120, 7, 30)), (0, Size(60, 4, 15)))


@dataclass(frozen=True, slots=True)
class Rows:
    """
    n rows to learn from.

    Attributes:
        x: (n, F) features with codes as they are.
        fraud: (n,) labels.
        weight: (n,) how many payments each stands for.
    """

    x: Floats
    fraud: Bools
    weight: Floats

    def take(self, rows: Ints | Bools) -> "Rows":
        """Return these rows only."""
        return Rows(self.x[rows], self.fraud[rows], self.weight[rows])


@dataclass(frozen=True, slots=True)
class Fitted:
    """
    A model, and what it says of payments that it was not trained on.

    Attributes:
        booster: The trees.
        encodings: The tables of its coded columns.
        unseen: (n - warm_up,) log-odds of each row by trees that were trained on the other parts of the time.
    """

    booster: lightgbm.Booster
    encodings: Encodings
    unseen: Floats


def fit(rows: Rows, *, warm_up: int, names: Sequence[str], coded: Sequence[str], progress: Progress) -> Fitted:
    """
    Fit one model to each three quarters of the time for `unseen`, then one to all of it.

    Args:
        rows: In order of time.
        warm_up: How many of the first rows have histories that are not yet full. All models learn from them, as from a
            service that is young, but they say nothing of how a model scores later.
        names, coded: All columns of x, and those that hold codes.
        progress: Told of each fit.
    """
    fold = np.arange(-warm_up, len(rows.x) - warm_up) * FOLDS // max(1, len(rows.x) - warm_up)
    unseen = np.empty(len(rows.x))
    for one in range(FOLDS):
        progress("training", one, FOLDS + 1)
        others, own = rows.take(fold != one), rows.take(fold == one)
        booster, encodings = _fit(others, names, coded)
        unseen[fold == one] = booster.predict(apply_encodings(own.x, encodings, names=names), raw_score=True)
    progress("training", FOLDS, FOLDS + 1)
    booster, encodings = _fit(rows, names, coded)
    return Fitted(booster, encodings, unseen[warm_up:])


def size_for(frauds: int) -> Size:
    """Return the size of a model that so many frauds can teach."""
    return next(size for least, size in SIZES if frauds >= least)


def _fit(rows: Rows, names: Sequence[str], coded: Sequence[str]) -> tuple[lightgbm.Booster, Encodings]:
    size = size_for(int(rows.fraud.sum()))
    encodings = make_encodings(rows.x, rows.fraud, rows.weight, names=names, coded=coded)
    x = encode_out_of_fold(rows.x, rows.fraud, rows.weight, names=names, coded=coded, seed=SEED)
    parameters = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": size.leaves,
        "min_data_in_leaf": size.leaf_payments,
        "feature_fraction": 0.7,
        "lambda_l2": 1.0,
        # All else equal, a larger amount never lowers the risk.
        "monotone_constraints": [int(name.startswith("amount")) for name in names],
        "seed": SEED,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 2,
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        x, rows.fraud.astype(np.float64), weight=rows.weight, feature_name=list(names), params=parameters
    )
    return lightgbm.train(parameters, data, num_boost_round=size.trees), encodings
