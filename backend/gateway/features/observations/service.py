"""The outbox of transactions: the brain's history learns of what stands, and how it was decided."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from gateway.domain import Decided
from gateway.features.observations.outbox import BATCH_MAX, SWEEP_AGE, LedgerOutbox, Sweep
from gateway.features.observations.store import Observations
from gateway.kit.outbox import Outbox
from gateway.ledger.documents import to_decided
from gateway.scoring.scorer import Scorer

_log = structlog.get_logger()


class MarkObserved(Protocol):
    """Takes records out of the outbox: of a gateway together with their flag of the audit chain, where it may."""

    async def mark_observed(self, transaction_ids: Sequence[str]) -> None:
        """Raises LedgerFailure; to repeat it is safe."""


class ObservationPost:
    """Where the outbox of transactions delivers."""

    name = "transactions"

    def __init__(self, scorer: Scorer, kept: MarkObserved) -> None:
        self._scorer = scorer
        self._kept = kept

    async def deliver(self, batch: Sequence[Decided]) -> None:
        """Tell the brain, then take the flags off."""
        await self._scorer.observe(batch)
        await self._kept.mark_observed([decided.transaction.transaction_id for decided in batch])


def observing(scorer: Scorer, kept: MarkObserved) -> Outbox[Decided]:
    """The outbox of transactions."""
    return LedgerOutbox(ObservationPost(scorer, kept), scorer.health.is_healthy)


class ObservationSweep(Sweep[Decided]):
    """Tells the brain of what no gateway will tell it."""

    def __init__(self, scorer: Scorer, kept: Observations) -> None:
        super().__init__(ObservationPost(scorer, kept))
        self._kept = kept

    async def left_behind(self) -> tuple[list[Decided], int]:
        """As a sweep asks."""
        documents = await self._kept.find_unobserved(older_than=SWEEP_AGE, limit=BATCH_MAX)
        found = readable(documents)
        if unreadable := [d["transaction_id"] for d in documents if d["transaction_id"] not in found]:
            # out of the outbox, or it would head every sweep for ever; the record itself stays as it is
            await self._kept.mark_observed(unreadable)
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
