"""What is known of payments afterwards, labels and people's decisions, and the outboxes that tell the brain."""

from typing import Any

from gateway.features.labels.service import Labelled, learning
from gateway.features.labels.store import Labels
from gateway.features.observations.service import observing
from gateway.features.reviews.service import DecisionLabels
from gateway.features.reviews.store import Reviews
from gateway.kit.outbox import Outbox
from gateway.wiring.neighbours import Neighbours
from gateway.wiring.parts import Part


class Outboxes:
    """Attributes: observer: tells the brain's history each recorded verdict."""

    def __init__(self, neighbours: Neighbours) -> None:
        scorer, ledger = neighbours.scorer, neighbours.ledger
        labels, reviews = Labels(ledger.database), Reviews(ledger.database)
        self.observer = observing(scorer, ledger)
        learner = learning(scorer, labels)
        decisions = DecisionLabels(reviews, labels, learner)
        self.parts: tuple[Part, ...] = (self.observer, learner)
        self.services: dict[Any, object] = {
            Labels: labels,
            Outbox[Labelled]: learner,
            Reviews: reviews,
            DecisionLabels: decisions,
        }
