"""
`sentinel model train`: trains the shipped model.

The same code, packages and seeds give the same model; `--check` compares them.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import lightgbm
import numpy as np

import brain
from brain.features.formulas import FEATURE_NAMES
from training.evaluation.validation import Validation
from training.examples.dataset import Examples, training_examples
from training.model.artifact import describe, is_reproduced, write
from training.model.calibration import fit as calibrate
from training.model.canaries import make_pair
from training.options import Progress
from training.world.simulator import simulate

ARTIFACTS = Path(brain.__file__).parent / "artifacts"
SEEDS = {"world": 2018, "masks": 7, "boosting": 1}
VALIDATION_SEEDS = (2019, 2020)

TREES = 200
PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "seed": SEEDS["boosting"],
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}


def fit(examples: Examples, *, trees: int = TREES, names: Sequence[str] = FEATURE_NAMES) -> lightgbm.Booster:
    """
    Boost trees on these examples, the same for the same examples.

    Args:
        examples: With all features.
        trees: Their number.
        names: The features that the model may look at.
    """
    x = examples.x if tuple(names) == FEATURE_NAMES else examples.x[:, [FEATURE_NAMES.index(name) for name in names]]
    # All else equal, a larger amount never lowers the risk.
    parameters = PARAMETERS | {"monotone_constraints": [int(name.startswith("amount")) for name in names]}
    data = lightgbm.Dataset(x, examples.fraud.astype(np.float64), feature_name=list(names), params=parameters)
    return lightgbm.train(parameters, data, num_boost_round=trees)


def train(out: Path, *, check: bool, as_json: bool, progress: Progress) -> int:
    """
    Train, write the artifact and print what it reaches; the exit status.

    Args:
        out: Directory of the artifact.
        check: Write nothing; compare with the artifact that is there. Status 1: it is another one.
    """
    progress("simulating and computing features", 0, 3)
    examples = training_examples(simulate(SEEDS["world"]), seed=SEEDS["masks"])
    progress(f"training on {len(examples.fraud):,} rows, {examples.fraud.sum():,} of them frauds", 1, 3)
    booster = fit(examples)
    progress("calibrating and measuring on unseen worlds", 2, 3)
    validation = Validation.of(*(simulate(seed) for seed in VALIDATION_SEEDS))
    raw = np.asarray(booster.predict(validation.x, raw_score=True))
    calibration = calibrate(raw, validation.fraud)
    text, scores = booster.model_to_string(), calibration.probabilities(raw)
    if check:
        same, words = is_reproduced(out, text, calibration, validation.x, scores)
        print(json.dumps({"reproduced": same, "why": words}) if as_json else words)
        return 0 if same else 1
    seeds: dict[str, int | tuple[int, ...]] = {**SEEDS, "validation_worlds": VALIDATION_SEEDS}
    canaries = make_pair(lambda x: calibration.probabilities(np.asarray(booster.predict(x, raw_score=True))))
    metadata = describe(text, examples, validation, scores, calibration=calibration, canaries=canaries, seeds=seeds)
    write(out, text, metadata)
    shown = {key: metadata[key] for key in ("thresholds", "metrics", "calibration")}
    print(json.dumps(shown, indent=None if as_json else 2))
    return 0
