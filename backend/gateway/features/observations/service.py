"""The outbox of transactions: the brain's history learns of what stands, and how it was decided."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from gateway.domain import Decided
from gateway.features.observations.outbox import LedgerOutbox
from gateway.kit.outbox import Outbox
from gateway.ledger.documents import to_decided
from gateway.ledger.service import Ledger
from gateway.scoring.scorer import Scorer

_log = structlog.get_logger()


def observing(scorer: Scorer, ledger: Ledger) -> Outbox[Decided]:
    """The outbox of transactions."""
    return LedgerOutbox(_Transactions(scorer, ledger), scorer.health.is_healthy)


class _Transactions:
    name = "transactions"

    def __init__(self, scorer: Scorer, ledger: Ledger) -> None:
        self._scorer = scorer
        self._ledger = ledger

    async def deliver(self, batch: list[Decided]) -> None:
        await self._scorer.observe(batch)
        await self._ledger.mark_observed([decided.transaction.transaction_id for decided in batch])

    async def left_behind(self, *, older_than: timedelta, limit: int) -> tuple[list[Decided], int]:
        documents = await self._ledger.find_unobserved(older_than=older_than, limit=limit)
        found = readable(documents)
        if unreadable := [d["transaction_id"] for d in documents if d["transaction_id"] not in found]:
            # out of the outbox, or it would head every sweep for ever; the record itself stays as it is
            await self._ledger.mark_observed(unreadable)
        return list(found.values()), len(documents)


def readable(documents: Sequence[Mapping[str, Any]]) -> dict[str, Decided]:
    """Transactions with their decisions by id; a record that cannot be read is logged and left out."""
    found = {}
    for document in documents:
        try:
            decided = to_decided(document)
        except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
            _log.error("outbox.unreadable", transaction_id=document["transaction_id"], error=type(error).__name__)
        else:
            found[decided.transaction.transaction_id] = decided
    return found
