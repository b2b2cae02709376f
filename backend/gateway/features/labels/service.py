"""The outbox of labels: the brain's history learns what a transaction turned out to be."""

from datetime import timedelta

from gateway.domain import Decided, Label
from gateway.features.labels.store import Labels
from gateway.features.observations.outbox import LedgerOutbox
from gateway.features.observations.service import readable
from gateway.kit import clock
from gateway.kit.outbox import Outbox
from gateway.ledger.service import Ledger
from gateway.scoring.scorer import Scorer

Labelled = tuple[Decided, Label]
_LOST_AFTER = timedelta(days=1)  # what a journal has not delivered by then is for people


def learning(scorer: Scorer, ledger: Ledger, labels: Labels) -> Outbox[Labelled]:
    """The outbox of labels. A label carries its transaction, so the two need not keep an order."""
    return LedgerOutbox(_Labels(scorer, ledger, labels), scorer.health.is_healthy)


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
        of_id = readable(await self._ledger.find_documents([label.transaction_id for label in labels]))
        # one whose record still waits in the journal of a gateway that is away keeps its flag until that is hopeless
        lost = [label for label in labels if label.transaction_id not in of_id]
        if hopeless := [label for label in lost if label.recorded_at < clock.now() - _LOST_AFTER]:
            await self._labels.mark_learnt(hopeless)
        return [(of_id[label.transaction_id], label) for label in labels if label.transaction_id in of_id], len(labels)
