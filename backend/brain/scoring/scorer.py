"""Scores batches: history, features, model, reasons, and the score of the shadow model."""

from collections.abc import Sequence
from typing import Protocol

import structlog

from brain.columns import Rows
from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import Floats, Prediction
from brain.model.drift import Drift
from brain.outcomes import Outcome, failure
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from brain.scoring.replies import NamedModel, ReplyWriter
from brain.scoring.shadow import Shadow
from protos import fraud_pb2
from protos.fraud_pb2 import Failure

log = structlog.get_logger()


class RiskModel(NamedModel, Protocol):
    """The part of `brain.model.artifact.Model` that scoring needs."""

    @property
    def label_delay_ms(self) -> int:
        """A payment without a label that is older counts as genuine."""

    def predict(self, x: Floats) -> Prediction:
        """Score n rows of features (n, F)."""


class Scorer:
    """Scores batches; keeps nothing but the memory."""

    def __init__(
        self,
        model: RiskModel,
        memory: Memory,
        *,
        shadow: Shadow | None = None,
        drift: Drift | None = None,
    ) -> None:
        """
        Args:
            memory: Past payments; this class adds those that it scores.
            shadow: Scores with the shadow model, if there is one.
            drift: Counts what was scored, if given.
        """
        self._memory = memory
        self.serve(model, shadow=shadow, drift=drift)

    def serve(self, model: RiskModel, *, shadow: Shadow | None, drift: Drift | None) -> None:
        """Score with these from the next batch on."""
        self._model = model
        self._replies = ReplyWriter(model)
        self._shadow = shadow
        self._drift = drift

    def score(self, queries: Sequence[Query]) -> list[Outcome]:
        """Score n queries to n outcomes, in order. A query that breaks the model fails alone."""
        rows = rows_of(queries)
        self._memory.add_scored(queries, rows)
        return self._score_apart(queries, rows)

    def _score_apart(self, queries: Sequence[Query], rows: Rows) -> list[Outcome]:
        """Halve a batch that fails until the query at fault is alone: at most 2n - 1 tries, usually one."""
        try:
            return self._score_together(queries, rows)
        except Exception:
            if len(queries) == 1:
                log.exception("score.failed", transaction_id=queries[0].transaction_id)
                return [failure(Failure.INTERNAL, "the brain could not score this transaction")]
        half = len(queries) // 2
        return [*self._score_apart(queries[:half], rows[:half]), *self._score_apart(queries[half:], rows[half:])]

    def _score_together(self, queries: Sequence[Query], rows: Rows) -> list[Outcome]:
        x, is_incomplete = read_features(self._memory, rows, self._model.label_delay_ms)
        is_degraded = (is_incomplete | self._memory.coverage.is_late).tolist()
        prediction = self._model.predict(x)
        explanations = explain(queries, x, prediction.contributions)
        facts = zip(queries, prediction.risk_scores.tolist(), explanations, is_degraded, strict=True)
        replies = [
            self._replies.write(query.transaction_id, risk_score, reasons, is_degraded=degraded)
            for query, risk_score, reasons, degraded in facts
        ]
        self._add_shadow(replies, rows, x)
        if self._drift is not None:
            counted = [n for n, query in enumerate(queries) if not query.is_canary]
            self._drift.add(x[counted], prediction.risk_scores[counted])
        return list(replies)

    def _add_shadow(self, replies: Sequence[fraud_pb2.ScoreReply], rows: Rows, x: Floats) -> None:
        """Add shadow scores last, so that the shadow model cannot change a reply that is made already."""
        if self._shadow is None:
            return
        if self._shadow.label_delay_ms != self._model.label_delay_ms:  # it takes other payments for genuine
            x, _ = read_features(self._memory, rows, self._shadow.label_delay_ms)
        for reply, answer in zip(replies, self._shadow.score(x), strict=True):
            if answer is not None:
                reply.shadow.CopyFrom(answer)
