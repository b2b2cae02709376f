"""
Scores the same rows with a second model, whose scores are recorded and never acted upon.

Its errors stay here: a model on trial must not cost a verdict. They are logged at most once a minute, and the shadow
score of the reply stays empty.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import structlog

from brain.errors import ArtifactError
from brain.model.artifact import Floats, Model
from brain.model.levels import risk_level
from observability.seldom import Seldom
from protos import fraud_pb2

log = structlog.get_logger()


class ShadowModel(Protocol):
    """The part of `brain.model.artifact.Model` that a shadow needs."""

    @property
    def name(self) -> str:
        """The name of the model."""

    @property
    def version(self) -> str:
        """The version of the model."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The lowest score of "medium", "high" and "critical"."""

    @property
    def label_delay_ms(self) -> int:
        """A payment without a label that is older counts as genuine."""

    def risk_scores(self, x: Floats) -> Floats:
        """Score n rows of features (n, F): (n,) 0..1."""


def load_shadow(directory: Path | None) -> Model | None:
    """
    Load the shadow model; None when no directory is set.

    Raises:
        ArtifactError: it cannot be served. The brain does not start then, as its operator expects it to run.
    """
    if directory is None:
        return None
    try:
        return Model.load(directory)
    except ArtifactError as failure:
        raise ArtifactError(f"BRAIN_SHADOW_MODEL_DIR: {failure}") from failure


class Shadow:
    """
    Scores rows with the shadow model. Never raises.

    Attributes:
        label_delay_ms: Of that model: its features are made with it.
    """

    def __init__(self, model: ShadowModel, now_s: Callable[[], float]) -> None:
        """Args: now_s: monotonic seconds."""
        self.label_delay_ms = model.label_delay_ms
        self._model = model
        self._failed_rows = Seldom(now_s=now_s)

    def score(self, rows: Floats) -> list[fraud_pb2.ShadowScore | None]:
        """Score n rows of features (n, F); None where the score is not in 0..1."""
        try:
            scores = self._scores(rows)
        except Exception as failure:
            self._warn(repr(failure), rows=len(rows))
            return [None] * len(rows)
        answers = [self._answer(score) for score in scores]
        if missing := answers.count(None):
            self._warn("scores outside 0..1", rows=missing)
        return answers

    def _scores(self, rows: Floats) -> list[float]:
        scores: list[float] = self._model.risk_scores(rows).tolist()
        if len(scores) != len(rows):
            raise ArithmeticError(f"{len(scores)} scores for {len(rows)} rows")
        return scores

    def _answer(self, risk_score: float) -> fraud_pb2.ShadowScore | None:
        if not 0.0 <= risk_score <= 1.0:  # NaN is not in there either
            return None
        return fraud_pb2.ShadowScore(
            model_name=self._model.name,
            model_version=self._model.version,
            risk_score=risk_score,
            risk_level=risk_level(risk_score, self._model.thresholds),
        )

    def _warn(self, why: str, *, rows: int) -> None:
        # a model that fails does so for each batch: hundreds of times a second
        if failed := self._failed_rows.happened(rows):
            log.warning("shadow.failed", version=self._model.version, why=why, rows=failed)
