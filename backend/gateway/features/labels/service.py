"""The outbox of labels: the brain's history learns what a transaction turned out to be."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.domain import Decided, Label
from gateway.features.labels.store import Labels
from gateway.features.observations.outbox import BATCH_MAX, SWEEP_AGE, LedgerOutbox, Sweep
from gateway.features.observations.service import readable
from gateway.features.observations.store import Observations
from gateway.kit import clock
from gateway.kit.outbox import Outbox
from gateway.scoring.scorer import Scorer

Labelled = tuple[Decided, Label]
_LOST_AFTER = timedelta(days=1)  # what a journal has not delivered by then is for people


class LabelPost:
    """Where the outbox of labels delivers."""

    name = "labels"

    def __init__(self, scorer: Scorer, labels: Labels) -> None:
        self._scorer = scorer
        self._labels = labels

    async def deliver(self, batch: Sequence[Labelled]) -> None:
        """Tell the brain, then take the flags off."""
        await self._scorer.learn(batch)
        await self._labels.mark_learnt([label for _, label in batch])


def learning(scorer: Scorer, labels: Labels) -> Outbox[Labelled]:
    """The outbox of labels. A label carries its transaction, so the two need not keep an order."""
    return LedgerOutbox(LabelPost(scorer, labels), scorer.health.is_healthy)


class LabelSweep(Sweep[Labelled]):
    """Tells the brain of labels that no gateway will tell it."""

    def __init__(self, scorer: Scorer, labels: Labels, records: Observations) -> None:
        super().__init__(LabelPost(scorer, labels))
        self._labels = labels
        self._records = records

    async def left_behind(self) -> tuple[list[Labelled], int]:
        """As a sweep asks."""
        labels = await self._labels.find_unlearnt(older_than=SWEEP_AGE, limit=BATCH_MAX)
        of_id = readable(await self._records.find([label.transaction_id for label in labels]))
        # one whose record still waits in the journal of a gateway that is away keeps its flag until that is hopeless
        lost = [label for label in labels if label.transaction_id not in of_id]
        if hopeless := [label for label in lost if label.recorded_at < clock.now() - _LOST_AFTER]:
            await self._labels.mark_learnt(hopeless)
        return [(of_id[label.transaction_id], label) for label in labels if label.transaction_id in of_id], len(labels)
