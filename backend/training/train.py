"""
Train the shipped model: `PYTHONPATH=backend python -m training.train`.

The same code, packages and seeds give the same model; `--check` proves it against the shipped one.
"""

import argparse
import json
import sys
from pathlib import Path

import lightgbm
import numpy as np

import brain
from brain.features import FEATURE_NAMES
from training.artifact import describe, is_reproduced, write
from training.dataset import Examples, training_examples
from training.simulate import simulate
from training.validation import Validation

ARTIFACTS = Path(brain.__file__).parent / "artifacts"
SEEDS = {"world": 2018, "validation_world": 2019, "masks": 7, "boosting": 1}

TREES = 200
PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    # Coarser bins blur sharp limits on amounts: 256 of them cost a tenth of the average precision.
    "max_bin": 1023,
    "min_data_in_bin": 1,
    # All else equal, a larger amount never lowers the risk.
    "monotone_constraints": [int(name.startswith("amount")) for name in FEATURE_NAMES],
    "seed": SEEDS["boosting"],
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}


def fit(examples: Examples, *, trees: int = TREES) -> lightgbm.Booster:
    """Boost trees on these examples, the same for the same examples."""
    data = lightgbm.Dataset(
        examples.x, examples.fraud.astype(np.float64), feature_name=list(FEATURE_NAMES), params=PARAMETERS
    )
    return lightgbm.train(PARAMETERS, data, num_boost_round=trees)


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
    validation = Validation.of(simulate(SEEDS["validation_world"]))
    text, scores = booster.model_to_string(), np.asarray(booster.predict(validation.x))
    if options.check:
        same, words = is_reproduced(options.out, text, validation.x, scores)
        print(words)
        return 0 if same else 1
    metadata = describe(text, examples, validation, scores, SEEDS)
    write(options.out, text, metadata)
    print(json.dumps({"thresholds": metadata["thresholds"], "metrics": metadata["metrics"]}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
