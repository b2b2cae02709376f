"""Writes the artifact that serving loads: the text of the model and its metadata."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import METADATA_FILE, MODEL_FILE, Model
from brain.model.calibration import Calibration
from training.evaluation.reliability import Reliability
from training.evaluation.validation import WEEKS, Validation
from training.examples.dataset import FIRST_DATE, LAST_DATE, MASKED_SHARE, Examples
from training.model.reference import reference
from training.model.thresholds import HOW_CHOSEN, choose

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NAME, VERSION = "sentinel-gbdt", "2.0.0"
SCORE_DIFFERENCE_MAX = 1e-6


def describe(
    text: str,
    examples: Examples,
    validation: Validation,
    scores: Floats,
    *,
    calibration: Calibration,
    canaries: Sequence[Mapping[str, object]],
    seeds: Mapping[str, int | Sequence[int]],
) -> dict[str, object]:
    """
    Make the metadata of a model: all that `Model.load` and a reader of the model card need.

    Args:
        text: The model.
        examples: Its training examples.
        validation, scores: Unseen payments, and the model's calibrated scores (n,) of them.
        calibration: The map from the trees' log-odds to these scores.
        canaries: As `canaries.make_pair` returns them.
        seeds: All seeds of the training, by name.
    """
    thresholds = choose(validation.fraud, scores)
    return {
        "name": NAME,
        "version": VERSION,
        "sha256": _sha256(text),
        "features": list(FEATURE_NAMES),
        "thresholds": thresholds,
        "thresholds_chosen": HOW_CHOSEN,
        # A model trained on simulated payments may not block real ones by itself: people decide about these.
        "may_block": False,
        "own_labels": False,
        "canaries": list(canaries),
        "trained_on": (
            "simulated card payments, not real ones: the customers, terminals and thefts of the Fraud Detection "
            f"Handbook remade from its prose, with skewed amounts; seed {seeds['world']}, payments of {FIRST_DATE} to "
            f"{LAST_DATE}, labels 7 days late"
        ),
        "rows": len(examples.fraud),
        "frauds": int(examples.fraud.sum()),
        "masked_rows": f"{MASKED_SHARE:.0%} of the payments a second time, with part of what is known taken away",
        "metrics": {
            "protocol": f"the book's, mean of the {WEEKS} weeks before those of the evaluation, unseen worlds of "
            f"seeds {seeds['validation_worlds']}",
            **validation.described(scores),
        },
        "reference": reference(validation.x, scores, thresholds),
        "calibration": {
            "how": f"log-odds, piecewise linear; fitted on all payments of these {WEEKS} weeks",
            **calibration.written(),
            **_reliability(validation.fraud, scores),
        },
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


def is_reproduced(directory: Path, text: str, calibration: Calibration, x: Floats, scores: Floats) -> tuple[bool, str]:
    """
    Compare the artifact in the directory with the model just trained: whether they agree, and a sentence that says how.

    Args:
        directory: The artifact's.
        text, calibration: The model just trained and its map.
        x, scores: Rows of features (n, F) and its calibrated scores (n,) of them.

    Raises:
        ArtifactError: the artifact cannot be served.
    """
    shipped = Model.load(directory)
    if _sha256(text) == shipped.sha256 and calibration.written() == shipped.calibration.written():
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
