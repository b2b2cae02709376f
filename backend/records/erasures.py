"""What a reader may rely on of an erasure: collection `erasures`. It says whose records lost their person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ERASURES = "erasures"


@dataclass(frozen=True, slots=True)
class RecordedErasure:
    """
    One erasure, or a part of a large one.

    Attributes:
        at: By the server's clock; it changes when what was remembered has to be dropped again.
        transaction_ids: Of the person. Nothing in an erasure names them.
    """

    at: datetime
    transaction_ids: Sequence[str]


def to_erasure(document: Mapping[str, Any]) -> RecordedErasure:
    """Read an erasure. Raises KeyError: it is none of ours."""
    return RecordedErasure(document["at"], document["transaction_ids"])
