"""What a person decided becomes a label: at once, or by a sweep of what a crash or a dead ledger left behind."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from gateway.domain import Decision
from gateway.errors import LedgerFailure
from gateway.features.labels.store import Labels
from gateway.features.reviews.store import Reviews
from gateway.ledger.documents import to_transaction

_log = structlog.get_logger()
SOURCE = "review"  # of the labels
SWEEP_S = 5.0
_SWEEP_AGE = timedelta(seconds=10)  # younger ones are still some gateway's to label
_BATCH_MAX = 500
Document = Mapping[str, Any]


class DecisionLabels:
    """Makes labels of records with a decision: one at once, or many of a sweep."""

    def __init__(self, reviews: Reviews, labels: Labels) -> None:
        self._reviews = reviews
        self._labels = labels

    async def put_soon(self, document: Document) -> None:
        """Label a decision that was just made. When the ledger does not take it now, the sweep brings it."""
        try:
            await self._put(document)
        except LedgerFailure as failure:
            _log.warning("review.label_delayed", transaction_id=document["transaction_id"], error=failure.code)

    async def deliver(self, batch: Sequence[Document]) -> None:
        """Label these. A record that cannot be read is logged and left out, or it would head every sweep."""
        for document in batch:
            try:
                await self._put(document)
            except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
                transaction_id = document["transaction_id"]
                _log.error("review.unreadable", transaction_id=transaction_id, error=type(error).__name__)
                await self._reviews.mark_labelled([transaction_id])

    async def _put(self, document: Document) -> None:
        transaction, review = to_transaction(document), document["review"]
        known = await self._labels.find_one(transaction.transaction_id)
        if known is None or known.recorded_at <= review["decided_at"]:  # what was learnt since then is newer
            await self._labels.put(
                transaction.transaction_id,
                is_fraud=review["decision"] == Decision.BLOCK,
                source=SOURCE,
                known_at=None,
                default_known_at=max(review["decided_at"], transaction.event_time),
                by=review["decided_by"],
            )
        await self._reviews.mark_labelled([transaction.transaction_id])


class DecisionSweep:
    """Labels the decisions that no gateway will label."""

    def __init__(self, labels: DecisionLabels, reviews: Reviews) -> None:
        self._labels = labels
        self._reviews = reviews

    async def sweep(self) -> bool:
        """Label some; whether there are more. Raises LedgerFailure."""
        found = await self._reviews.find_unlabelled(older_than=_SWEEP_AGE, limit=_BATCH_MAX)
        await self._labels.deliver(found)
        return len(found) == _BATCH_MAX
