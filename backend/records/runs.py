"""
How far each run of a gateway is settled, as readers of the ledger see it: collection `chain_runs`.

All records of a run with numbers up to `settled` stand on a majority and are in the audit chain, or will never stand.
So who reads up to there misses nothing and has to look at nothing twice. A run is written down before its first record,
and is kept for RUN_KEPT_DAYS after its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

RUNS = "chain_runs"
RUN_KEPT_DAYS = 60
_OVERLAP = timedelta(seconds=10)  # by the server's clock, which may step back when another one becomes primary


@dataclass(frozen=True, slots=True)
class SettledRun:
    """
    A run, as far as it is settled.

    Attributes:
        name: The first bytes of the `_id` of its records.
        settled: A number.
        settled_at: When that was said, by the server's clock; None of a gateway from before it was noted.
    """

    name: bytes
    settled: int
    settled_at: datetime | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "SettledRun":
        """From a document of `chain_runs`."""
        return cls(bytes(document["_id"]), int(document["settled"]), document.get("settled_at"))


def settled_since(seen_at: datetime | None) -> dict[str, Any]:
    """
    The query of runs that may have news, from an index.

    Args:
        seen_at: The newest `settled_at` that was read; None: all runs.
    """
    if seen_at is None:
        return {}
    return {"$or": [{"settled_at": {"$gte": seen_at - _OVERLAP}}, {"settled_at": None}]}
