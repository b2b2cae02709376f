"""Writes the artifact that serving loads: the text of the model and its metadata."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from brain.model.artifact import METADATA_FILE, MODEL_FILE, Model
from brain.model.calibration import Calibration
from training.evaluation.reliability import Reliability
from training.evaluation.town import WARM_UP_DAYS, TownValidation
from training.examples.dataset import Examples
from training.model.directions import NAMES
from training.model.encoding import Encodings
from training.model.reference import reference
from training.model.thresholds import HOW_CHOSEN, choose

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NAME, VERSION = "sentinel-gbdt", "3.0.0"
SCORE_DIFFERENCE_MAX = 1e-6


@dataclass(frozen=True, slots=True)
class Trained:
    """A model: its trees as text, the tables of its coded features, and the map from log-odds to scores."""

    text: str
    encodings: Encodings
    calibration: Calibration


def describe(
    trained: Trained,
    examples: Examples,
    validation: TownValidation,
    scores: Floats,
    *,
    canaries: Sequence[Mapping[str, object]],
    seeds: Mapping[str, int | Sequence[int]],
) -> dict[str, object]:
    """
    Make the metadata of a model: all that `Model.load` and a reader of the model card need.

    Args:
        trained: The model.
        examples: Its training examples.
        validation, scores: Unseen payments, and the model's calibrated scores (n,) of them.
        canaries: As `canaries.make_pair` returns them.
        seeds: All seeds of the training, by name.
    """
    thresholds = choose(validation.fraud, scores)
    return {
        "name": NAME,
        "version": VERSION,
        "sha256": _sha256(trained.text),
        "features": list(NAMES),
        "thresholds": thresholds,
        "thresholds_chosen": HOW_CHOSEN,
        # A model trained on simulated payments may not block real ones by itself: people decide about these.
        "may_block": False,
        "own_labels": False,
        "canaries": list(canaries),
        "trained_on": (
            "simulated payments, not real ones: a town of many kinds of shops and frauds, and the customers, terminals "
            f"and thefts of the Fraud Detection Handbook remade from its prose; seed {seeds['world']}"
        ),
        "rows": len(examples.fraud),
        "frauds": int(examples.fraud.sum()),
        "metrics": {
            "protocol": f"all payments after the first {WARM_UP_DAYS} days of unseen towns of seeds "
            f"{seeds['validation_worlds']}, against the truth",
            **validation.described(scores),
        },
        "reference": reference(validation.x, scores, thresholds),
        "calibration": {
            "how": "log-odds, piecewise linear; fitted on the same payments",
            **trained.calibration.written(),
            **_reliability(validation.fraud, scores),
        },
        "encodings": trained.encodings,
        "seeds": seeds,
        "lightgbm": lightgbm.__version__,
    }


def write(directory: Path, text: str, metadata: dict[str, object]) -> None:
    """Write both files into the directory, replacing old ones."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MODEL_FILE).write_text(text, encoding="utf-8")
    write_metadata(directory, metadata)


def write_metadata(directory: Path, metadata: Mapping[str, object]) -> None:
    """Write the metadata alone, as JSON, for a model that is there."""
    (directory / METADATA_FILE).write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def is_reproduced(directory: Path, trained: Trained, x: Floats, scores: Floats) -> tuple[bool, str]:
    """
    Compare the artifact in the directory with the model just trained: whether they agree, and a sentence that says how.

    Args:
        directory: The artifact's.
        trained: The model just trained.
        x, scores: Rows of features (n, F), codes as they are, and its calibrated scores (n,) of them.

    Raises:
        ArtifactError: the artifact cannot be served.
    """
    shipped = Model.load(directory)
    encodings = json.loads((directory / METADATA_FILE).read_bytes()).get("encodings", {})
    mine, theirs = trained.calibration.written(), shipped.calibration.written()
    if (_sha256(trained.text), mine, trained.encodings) == (shipped.sha256, theirs, encodings):
        return True, "reproduced: the same model, byte for byte, and the same calibration"
    difference = float(np.abs(shipped.risk_scores(x) - scores).max())
    return (
        difference <= SCORE_DIFFERENCE_MAX,
        f"another model or calibration; its scores of {len(x):,} unseen payments differ by at most {difference:.2e}",
    )


def _reliability(fraud: Bools, scores: Floats) -> dict[str, float]:
    found = Reliability.of(fraud, scores)
    return {"brier": round(found.brier, 6), "log_loss": round(found.log_loss, 6), "ece": round(found.error, 6)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
