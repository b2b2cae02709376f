"""A small model of another training, for tests that run two."""

import hashlib
from pathlib import Path

import numpy as np

from brain.features.formulas import FEATURE_NAMES
from tests.model_worlds import SMALL
from training.examples.dataset import Examples
from training.examples.histories import features
from training.model.artifact import write
from training.model.reference import reference
from training.train import fit
from training.world.simulator import simulate

VERSION = "2.0.0-small"
THRESHOLDS = {"medium": 0.05, "high": 0.2, "critical": 0.5}


def write_second_model(directory: Path) -> None:
    """Train thirty trees on a small world, in about a second, and put the artifact into the directory."""
    world = simulate(91, SMALL)
    rows = np.flatnonzero(world.day > 20)
    x, fraud = features(world, rows), world.fraud[rows]
    booster = fit(Examples(x, fraud), trees=30)
    text = booster.model_to_string()
    scores = np.asarray(booster.predict(x))
    metadata: dict[str, object] = {
        "name": "sentinel-gbdt",
        "version": VERSION,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "features": list(FEATURE_NAMES),
        "thresholds": THRESHOLDS,
        "trained_on": "a small simulated world",
        "metrics": {"ap": 0.5},
        "reference": reference(x, scores, THRESHOLDS),
    }
    write(directory, text, metadata)
