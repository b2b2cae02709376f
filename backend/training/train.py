"""
`sentinel model train`: trains the shipped model.

The same code, packages and seeds give the same model; `--check` compares them.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

import brain
from brain.features.context import CODED
from brain.features.formulas import FEATURE_NAMES
from training.evaluation.town import TownValidation
from training.examples.dataset import Examples
from training.examples.teaching import Seeds, teaching_examples
from training.model.artifact import Trained, describe, is_reproduced, write
from training.model.calibration import fit as calibrate
from training.model.canaries import make_pair
from training.model.directions import NAMES, direction
from training.model.encoding import apply_encodings, encode_out_of_fold, make_encodings
from training.options import Progress
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

Floats = NDArray[np.float64]

ARTIFACTS = Path(brain.__file__).parent / "artifacts"
SEEDS = {"world": 2018, "masks": 7, "boosting": 1}
VALIDATION_SEEDS = (2019, 2020)
VALIDATION_TOWN = Rules(users=8_000, merchants=1_500)

TREES = 200
PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "lambda_l2": 1.0,
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
        examples: With all features, codes already encoded.
        trees: Their number.
        names: The features that the model may look at.
    """
    x = examples.x[:, [FEATURE_NAMES.index(name) for name in names]]
    parameters = PARAMETERS | {"monotone_constraints": [direction(name) for name in names]}
    data = lightgbm.Dataset(
        x,
        examples.fraud.astype(np.float64),
        weight=examples.weight,
        feature_name=list(names),
        params=parameters,
    )
    return lightgbm.train(parameters, data, num_boost_round=trees)


def train(out: Path, *, check: bool, as_json: bool, progress: Progress) -> int:
    """
    Train, write the artifact and print what it reaches; the exit status.

    Args:
        out: Directory of the artifact.
        check: Write nothing; compare with the artifact that is there. Status 1: it is another one.
    """
    progress("simulating and computing features", 0, 3)
    examples = teaching_examples(Seeds(SEEDS["world"], SEEDS["masks"]))
    progress(f"training on {len(examples.fraud):,} rows, {examples.fraud.sum():,} of them frauds", 1, 3)
    weight = np.ones(examples.fraud.size) if examples.weight is None else examples.weight
    encodings = make_encodings(examples.x, examples.fraud, weight, names=FEATURE_NAMES, coded=CODED)
    x = encode_out_of_fold(examples.x, examples.fraud, weight, names=FEATURE_NAMES, coded=CODED)
    booster = fit(replace(examples, x=x), names=NAMES)

    def log_odds(x: Floats) -> Floats:
        encoded = apply_encodings(x, encodings, names=FEATURE_NAMES)
        return np.asarray(booster.predict(encoded[:, [FEATURE_NAMES.index(name) for name in NAMES]], raw_score=True))

    progress("calibrating and measuring on unseen towns", 2, 3)
    validation = TownValidation.of(*(simulate_town(seed, VALIDATION_TOWN) for seed in VALIDATION_SEEDS))
    raw = log_odds(validation.x)
    calibration = calibrate(raw, validation.fraud)
    text, scores = booster.model_to_string(), calibration.probabilities(raw)
    trained = Trained(text, encodings, calibration)
    if check:
        same, words = is_reproduced(out, trained, validation.x, scores)
        print(json.dumps({"reproduced": same, "why": words}) if as_json else words)
        return 0 if same else 1
    canaries = make_pair(lambda x: calibration.probabilities(log_odds(x)))
    seeds: dict[str, int | tuple[int, ...]] = {**SEEDS, "validation_worlds": VALIDATION_SEEDS}
    metadata = describe(trained, examples, validation, scores, canaries=canaries, seeds=seeds)
    write(out, text, metadata)
    shown = {key: metadata[key] for key in ("thresholds", "metrics", "calibration")}
    print(json.dumps(shown, indent=None if as_json else 2))
    return 0
