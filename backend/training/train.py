"""
Train the shipped model: `PYTHONPATH=backend python -m training.train`.

The same code, packages and seeds give the same model; `--check` proves it against the shipped one.
"""

import argparse
import json
import sys
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
        trees: How many.
        names: The features that the model may look at.
    """
    x = examples.x if tuple(names) == FEATURE_NAMES else examples.x[:, [FEATURE_NAMES.index(name) for name in names]]
    # All else equal, a larger amount never lowers the risk.
    parameters = PARAMETERS | {"monotone_constraints": [int(name.startswith("amount")) for name in names]}
    data = lightgbm.Dataset(x, examples.fraud.astype(np.float64), feature_name=list(names), params=parameters)
    return lightgbm.train(parameters, data, num_boost_round=trees)


def main(arguments: list[str] | None = None) -> int:
    """Train, then write the artifact, or compare with the one that is there; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description="Train the fraud model.")
    parser.add_argument("--out", type=Path, default=ARTIFACTS, help="directory of the artifact")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the artifact that is there")
    options = parser.parse_args(arguments)

    print("simulating and computing features ...", flush=True)
    examples = training_examples(simulate(SEEDS["world"]), seed=SEEDS["masks"])
    print(f"training on {len(examples.fraud):,} rows, {examples.fraud.sum():,} of them frauds ...", flush=True)
    booster = fit(examples)
    print("calibrating and measuring on unseen worlds ...", flush=True)
    validation = Validation.of(*(simulate(seed) for seed in VALIDATION_SEEDS))
    raw = np.asarray(booster.predict(validation.x, raw_score=True))
    calibration = calibrate(raw, validation.fraud)
    text, scores = booster.model_to_string(), calibration.probabilities(raw)
    if options.check:
        same, words = is_reproduced(options.out, text, calibration, validation.x, scores)
        print(words)
        return 0 if same else 1
    seeds: dict[str, int | tuple[int, ...]] = {**SEEDS, "validation_worlds": VALIDATION_SEEDS}
    canaries = make_pair(lambda x: calibration.probabilities(np.asarray(booster.predict(x, raw_score=True))))
    metadata = describe(text, examples, validation, scores, calibration=calibration, canaries=canaries, seeds=seeds)
    write(options.out, text, metadata)
    print(json.dumps({key: metadata[key] for key in ("thresholds", "metrics", "calibration")}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
