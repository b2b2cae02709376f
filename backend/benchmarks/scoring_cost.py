"""Measures what a row costs: the scoring of a whole batch, its parts, and LightGBM on the same rows."""

from collections.abc import Callable, Sequence
from typing import Any

import lightgbm
import numpy as np

from benchmarks.timing import medians_us
from brain.domain import Query
from brain.features.formulas import FEATURE_NAMES
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import MODEL_FILE, Model
from brain.model.drift import Drift
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from brain.scoring.scorer import Scorer
from brain.settings import HERE

ARTIFACTS = HERE / "artifacts"

WHOLE = "whole"
PARTS = ("history and features", "predict", "explain", "drift")
LIGHTGBM, TREESHAP = "LightGBM predict", "LightGBM pred_contrib"


def measure(batches: Sequence[Sequence[Query]], memory: Memory, *, rounds: int) -> dict[str, float]:
    """
    Measure median microseconds for a whole batch, by name: WHOLE, each of PARTS, LIGHTGBM and TREESHAP.

    WHOLE is Scorer.score: the parts, and the replies. LightGBM runs in one thread, on the same features.

    Args:
        batches: Of one size; the rounds take them in turn, so that no caches are warm of the very same rows.
        memory: Holds the payments before them.
        rounds: How often each is timed.
    """
    model = Model.load(ARTIFACTS)
    booster = lightgbm.Booster(model_file=str(ARTIFACTS / MODEL_FILE))
    drift = Drift(model.references)
    own = [FEATURE_NAMES.index(name) for name in model.features]
    scorer = Scorer(model, memory, drift=drift)
    asked = [rows_of(batch) for batch in batches]
    features = [read_features(memory, rows)[0] for rows in asked]
    predictions = [model.predict(x) for x in features]

    def lightgbm_predict(n: int, **options: Any) -> object:
        return np.asarray(booster.predict(features[n][:, own], num_threads=1, **options))

    pieces = {
        WHOLE: lambda n: scorer.score(batches[n]),
        "history and features": lambda n: read_features(memory, asked[n]),
        "predict": lambda n: model.predict(features[n]),
        "explain": lambda n: explain(batches[n], features[n], predictions[n].contributions),
        "drift": lambda n: drift.add(features[n], predictions[n].risk_scores),
        LIGHTGBM: lightgbm_predict,
        TREESHAP: lambda n: lightgbm_predict(n, pred_contrib=True),
    }
    return medians_us({name: _in_turn(piece, len(batches)) for name, piece in pieces.items()}, rounds)


def _in_turn(piece: Callable[[int], object], count: int) -> Callable[[int], object]:
    return lambda n: piece(n % count)
