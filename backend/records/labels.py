"""What a reader may rely on of a label: collection `labels`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LABELS = "labels"
LABEL = {"is_fraud": 1, "known_at": 1, "recorded_at": 1, "revision": 1}


@dataclass(frozen=True, slots=True)
class RecordedLabel:
    """
    What one transaction turned out to be.

    Attributes:
        known_at: When that became known in the world: scores use it from then on.
        recorded_at: When it came here, by the server's clock.
        revision: From 1; of two labels of one transaction the higher one stands.
    """

    transaction_id: str
    is_fraud: bool
    known_at: datetime
    recorded_at: datetime
    revision: int


def to_label(document: Mapping[str, Any]) -> RecordedLabel:
    """Read a label, or what the projection LABEL leaves of it. Raises KeyError, TypeError: it is none of ours."""
    return RecordedLabel(
        transaction_id=document["_id"],
        is_fraud=document["is_fraud"],
        known_at=document["known_at"],
        recorded_at=document["recorded_at"],
        revision=int(document["revision"]),
    )
