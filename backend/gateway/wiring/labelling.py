"""What is known of payments afterwards: labels and people's decisions. Brains read both from the ledger."""

from typing import Any

from gateway.features.labels.store import Labels
from gateway.features.reviews.service import DecisionLabels
from gateway.features.reviews.store import Reviews
from gateway.ledger.client import Database


def labelling(database: Database) -> dict[Any, object]:
    """The services of it."""
    labels, reviews = Labels(database), Reviews(database)
    return {Labels: labels, Reviews: reviews, DecisionLabels: DecisionLabels(reviews, labels)}
