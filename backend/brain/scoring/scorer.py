"""Scores batches: history, features, model, reasons, and the score of the shadow model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import structlog

from brain.domain import Event, Query
from brain.features.batches import build_batch
from brain.features.columns import EventColumns
from brain.features.formulas import compute
from brain.history.recent import RecentEvents
from brain.model.artifact import Floats, Prediction
from brain.model.drift import Drift
from brain.outcomes import Outcome, failure
from brain.reasons.explanation import explain
from brain.scoring.replies import NamedModel, ReplyWriter
from brain.scoring.shadow import Shadow
from protos import fraud_pb2
from protos.fraud_pb2 import Failure

log = structlog.get_logger()

Events = Sequence[Event] | None  # None: could not be read


class RiskModel(NamedModel, Protocol):
    """The part of `brain.model.artifact.Model` that scoring needs."""

    def predict(self, x: Floats) -> Prediction:
        """Score n rows of features (n, F)."""


class History(Protocol):
    """Reads past events; `history.store` in production."""

    async def read(self, queries: Sequence[Query]) -> tuple[list[Events], list[Events]]:
        """Read the events of each query's user and merchant, in order. Returns soon and never raises."""


class Scorer:
    """Scores batches; has no state of its own."""

    def __init__(
        self,
        model: RiskModel,
        history: History,
        recent: RecentEvents,
        *,
        shadow: Shadow | None = None,
        drift: Drift | None = None,
    ) -> None:
        """
        Args:
            recent: Transactions that were scored a moment ago; this class adds to them.
            shadow: Scores with the shadow model, if there is one.
            drift: Counts what was scored, if given.
        """
        self._model = model
        self._replies = ReplyWriter(model)
        self._history = history
        self._recent = recent
        self._shadow = shadow
        self._drift = drift

    async def score(self, queries: Sequence[Query]) -> list[Outcome]:
        """Score n queries to n outcomes, in order. A query that breaks the model fails alone."""
        self._recent.remember(queries)
        of_users, of_merchants = await self._history.read(queries)
        users = [
            None if events is None else EventColumns.of(events).plus(self._recent.of_user(query))
            for query, events in zip(queries, of_users, strict=True)
        ]
        merchants = [
            None if events is None else EventColumns.of(events).plus(self._recent.of_merchant(query))
            for query, events in zip(queries, of_merchants, strict=True)
        ]
        return self._score_apart(queries, users, merchants)

    def _score_apart(
        self, queries: Sequence[Query], users: Sequence[Events], merchants: Sequence[Events]
    ) -> list[Outcome]:
        """Halve a batch that fails until the query at fault is alone: at most 2n - 1 tries, usually one."""
        try:
            return self._score_together(queries, users, merchants)
        except Exception:
            if len(queries) == 1:
                log.exception("score.failed", transaction_id=queries[0].transaction_id)
                return [failure(Failure.INTERNAL, "the brain could not score this transaction")]
        half = len(queries) // 2
        return [
            *self._score_apart(queries[:half], users[:half], merchants[:half]),
            *self._score_apart(queries[half:], users[half:], merchants[half:]),
        ]

    def _score_together(
        self, queries: Sequence[Query], users: Sequence[Events], merchants: Sequence[Events]
    ) -> list[Outcome]:
        rows = compute(build_batch(queries, users, merchants))
        prediction = self._model.predict(rows)
        explanations = explain(queries, rows, prediction.contributions)
        replies = [
            self._replies.write(
                query.transaction_id, risk_score, reasons, is_degraded=users[n] is None or merchants[n] is None
            )
            for n, (query, risk_score, reasons) in enumerate(
                zip(queries, prediction.risk_scores.tolist(), explanations, strict=True)
            )
        ]
        self._add_shadow(replies, rows)
        if self._drift is not None:
            counted = np.array([not query.is_canary for query in queries])
            self._drift.add(rows[counted], prediction.risk_scores[counted])
        return list(replies)

    def _add_shadow(self, replies: Sequence[fraud_pb2.ScoreReply], rows: Floats) -> None:
        """Add shadow scores last, so that the shadow model cannot change a reply that is made already."""
        if self._shadow is None:
            return
        for reply, answer in zip(replies, self._shadow.score(rows), strict=True):
            if answer is not None:
                reply.shadow.CopyFrom(answer)
