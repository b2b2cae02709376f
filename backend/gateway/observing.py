"""Two outboxes: the brain's history learns of what stands, how it was decided, and what it turned out to be."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from gateway import clock
from gateway.circuit import CircuitState
from gateway.domain import Decided, Label
from gateway.kit.outbox import Outbox
from gateway.ledger.documents import to_decided
from gateway.ledger.labels import Labels
from gateway.ledger.ledger import Ledger
from gateway.outbox import LedgerOutbox
from gateway.scoring.scorer import Scorer

_log = structlog.get_logger()

Labelled = tuple[Decided, Label]
_LOST_AFTER = timedelta(days=1)  # what a journal has not delivered by then is for people


def observing(scorer: Scorer, ledger: Ledger) -> Outbox[Decided]:
    """The outbox of transactions."""
    return LedgerOutbox(_Transactions(scorer, ledger), lambda: _can_listen(scorer))


def learning(scorer: Scorer, ledger: Ledger, labels: Labels) -> Outbox[Labelled]:
    """The outbox of labels. A label carries its transaction, so the two need not keep an order."""
    return LedgerOutbox(_Labels(scorer, ledger, labels), lambda: _can_listen(scorer))


def _can_listen(scorer: Scorer) -> bool:
    return scorer.is_reachable and scorer.circuit.state is CircuitState.CLOSED


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
        readable = _readable(documents)
        if unreadable := [d["transaction_id"] for d in documents if d["transaction_id"] not in readable]:
            # out of the outbox, or it would head every sweep for ever; the record itself stays as it is
            await self._ledger.mark_observed(unreadable)
        return list(readable.values()), len(documents)


class _Labels:
    name = "labels"

    def __init__(self, scorer: Scorer, ledger: Ledger, labels: Labels) -> None:
        self._scorer = scorer
        self._ledger = ledger
        self._labels = labels

    async def deliver(self, batch: list[Labelled]) -> None:
        await self._scorer.learn(batch)
        await self._labels.mark_learnt([label for _, label in batch])

    async def left_behind(self, *, older_than: timedelta, limit: int) -> tuple[list[Labelled], int]:
        labels = await self._labels.find_unlearnt(older_than=older_than, limit=limit)
        of_id = _readable(await self._ledger.find_documents([label.transaction_id for label in labels]))
        # one whose record still waits in the journal of a gateway that is away keeps its flag until that is hopeless
        lost = [label for label in labels if label.transaction_id not in of_id]
        if hopeless := [label for label in lost if label.recorded_at < clock.now() - _LOST_AFTER]:
            await self._labels.mark_learnt(hopeless)
        return [(of_id[label.transaction_id], label) for label in labels if label.transaction_id in of_id], len(labels)


def _readable(documents: Sequence[Mapping[str, Any]]) -> dict[str, Decided]:
    """Transactions with their decisions by id; a record that cannot be read is logged and left out."""
    readable = {}
    for document in documents:
        try:
            decided = to_decided(document)
        except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
            _log.error("outbox.unreadable", transaction_id=document["transaction_id"], error=type(error).__name__)
        else:
            readable[decided.transaction.transaction_id] = decided
    return readable
