"""Loads and serves a model: checks its artifact, reads its trees from text, and scores rows of features."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
from brain.domain import DAY_MS, LABEL_DELAY_DAYS
from brain.errors import ArtifactError
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import FEATURES_TO_GROUNDS, GROUNDS
from brain.model.calibration import Calibration, calibrated_probability
from brain.model.canaries import Canary, read_canaries
from brain.model.drift import Reference, read_references
from brain.model.encodings import Encodings, encode
from brain.model.forest import Forest, sum_trees
from brain.model.forest_builder import build_forest
from brain.model.tree_text import parse

__all__ = ["ArtifactError", "Model", "Prediction"]

Floats = NDArray[np.float64]

MODEL_FILE = "model.txt"
METADATA_FILE = "metadata.json"
LEVELS = ("medium", "high", "critical")
LABEL_DELAY_DAYS_MAX = 365


@dataclass(frozen=True, slots=True)
class Prediction:
    """
    The scores of n rows and what contributed to them.

    Attributes:
        risk_scores: (n,) probability of fraud, 0..1, calibrated.
        contributions: (n, G) log-odds that each of `grounds.GROUNDS` added to the average of the trees, before
            calibration.
    """

    risk_scores: Floats
    contributions: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """
    A trained model and its metadata. Immutable; safe to share.

    Attributes:
        sha256: Of the model file, hexadecimal.
        features: Those that its trees may look at, of all that this version computes.
        thresholds: Lowest risk score of the levels "medium", "high" and "critical", ascending.
        may_block: Whether a payment may be blocked by its score alone; otherwise a person decides.
        own_labels: Whether it was trained on the merchant's own labels: its thresholds then fit the traffic.
        label_delay_days: A payment without a label that is older counts as genuine, as it did in training.
        trained_on: One sentence about the training data.
        metrics: Its figures on unseen weeks, named as training.evaluate names them.
        references: Distributions of scores and main features there; empty in an older artifact.
        calibration: From the trees' log-odds to a probability.
        canaries: Payments by which a gateway checks this model, the clean one first; empty in an older artifact.
    """

    name: str
    version: str
    sha256: str
    features: tuple[str, ...]
    thresholds: dict[str, float]
    may_block: bool
    own_labels: bool
    label_delay_days: int
    trained_on: str
    metrics: dict[str, float]
    references: tuple[Reference, ...]
    calibration: Calibration
    canaries: tuple[Canary, ...]
    _compiled: "_Compiled"

    @classmethod
    def load(cls, directory: Path) -> Self:
        """
        Load the artifact in this directory.

        Raises:
            ArtifactError: a file is missing or unreadable, the metadata belongs to another model, the model
                needs other features than this code computes, or uses what this code does not serve.
        """
        try:
            text, metadata = ((directory / name).read_bytes() for name in (MODEL_FILE, METADATA_FILE))
        except OSError as failure:
            raise ArtifactError(f"cannot read the model in {directory.name}: {failure}") from failure
        return cls.read(text, metadata, where=f"in {directory.name}")

    @classmethod
    def read(cls, text: bytes, metadata: bytes, *, where: str) -> Self:
        """
        Read an artifact from the contents of its two files.

        Args:
            where: Names it in errors.

        Raises:
            ArtifactError: see `load`.
        """
        try:
            return cls._check(text, json.loads(metadata))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as failure:
            raise ArtifactError(f"the model {where} is damaged: {failure!r}") from failure

    @classmethod
    def _check(cls, text: bytes, metadata: dict[str, Any]) -> Self:
        sha256 = hashlib.sha256(text).hexdigest()
        if metadata["sha256"] != sha256:
            raise ArtifactError(f"the model's hash is {sha256}, its metadata speaks of {metadata['sha256']}")
        trees = parse(text.decode("utf-8"))
        features = tuple(metadata["features"])
        if trees.features != features or not set(features) <= set(FEATURE_NAMES):
            raise ArtifactError("the model was trained on other features than this version computes")
        thresholds = {level: float(metadata["thresholds"][level]) for level in LEVELS}
        if not 0 < thresholds["medium"] <= thresholds["high"] <= thresholds["critical"] < 1:
            raise ArtifactError(f"thresholds must ascend between 0 and 1: {thresholds}")
        calibration = Calibration.read(metadata.get("calibration"))
        return cls(
            name=_text(metadata, "name"),
            version=_text(metadata, "version"),
            sha256=sha256,
            features=features,
            thresholds=thresholds,
            may_block=_flag(metadata, "may_block"),
            own_labels=_flag(metadata, "own_labels"),
            label_delay_days=_label_delay_days(metadata),
            trained_on=_text(metadata, "trained_on"),
            metrics={name: value for name, value in metadata.get("metrics", {}).items() if isinstance(value, float)},
            references=read_references(metadata.get("reference", {})),
            calibration=calibration,
            canaries=read_canaries(metadata.get("canaries", ())),
            _compiled=_Compiled(
                Encodings.read(metadata.get("encodings", {}), FEATURE_NAMES),
                build_forest(trees.over(FEATURE_NAMES), FEATURES_TO_GROUNDS),
                calibration,
            ),
        )

    @property
    def label_delay_ms(self) -> int:
        """The same in milliseconds."""
        return self.label_delay_days * DAY_MS

    def predict(self, x: Floats) -> Prediction:
        """
        Score n rows of features and compute the contribution of each ground.

        Args:
            x: (n, F) as `features.compute` gives them; NaN is unknown.
        """
        scores, contributions = np.empty(len(x)), np.empty((len(x), len(GROUNDS)))
        _predict(self._compiled, x, scores, contributions)
        return Prediction(scores, contributions)

    def risk_scores(self, x: Floats) -> Floats:
        """Score n rows without contributions, for bulk evaluation: (n,) 0..1."""
        return self.calibration.probabilities(self.log_odds(x))

    def log_odds(self, x: Floats) -> Floats:
        """Sum the trees for n rows, before calibration: (n,) log-odds."""
        return _log_odds(self._compiled, x)


class _Compiled(NamedTuple):
    """What compiled code needs of a model."""

    encodings: Encodings
    forest: Forest
    calibration: Calibration


@compiled
def _predict(model: _Compiled, x: Floats, scores: Floats, contributions: Floats) -> None:
    row = np.empty(x.shape[1])
    for n in range(len(x)):
        encode(model.encodings, x[n], row)
        scores[n] = calibrated_probability(model.calibration, sum_trees(model.forest, row, contributions[n]))


@compiled
def _log_odds(model: _Compiled, x: Floats) -> Floats:
    log_odds = np.empty(len(x))
    row, not_asked_for = np.empty(x.shape[1]), np.empty(model.forest.leaf_contributions.shape[2])
    for n in range(len(x)):
        encode(model.encodings, x[n], row)
        log_odds[n] = sum_trees(model.forest, row, not_asked_for)
    return log_odds


def _text(metadata: dict[str, Any], name: str) -> str:
    """Read what each score or Describe tells. Raises TypeError: no reply could hold it."""
    text = metadata[name]
    if not isinstance(text, str):
        raise TypeError(f"{name} must be text")
    return text


def _flag(metadata: dict[str, Any], name: str) -> bool:
    """
    Read a permission that the metadata must give explicitly; false in an older artifact.

    Raises:
        TypeError: it is neither true nor false. "false" in quotes must not become a permission.
    """
    flag = metadata.get(name, False)
    if not isinstance(flag, bool):
        raise TypeError(f"{name} must be true or false, not {flag!r}")
    return flag


def _label_delay_days(metadata: dict[str, Any]) -> int:
    """Read after how many days without a label a payment counts as genuine; as ever in an older artifact."""
    days = metadata.get("label_delay_days", LABEL_DELAY_DAYS)
    if type(days) is not int or not 0 < days <= LABEL_DELAY_DAYS_MAX:
        raise ValueError(f"label_delay_days must be 1 to {LABEL_DELAY_DAYS_MAX}, not {days!r}")
    return days
