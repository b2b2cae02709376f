"""Documents as they stand in the ledger, for tests that put them there themselves."""

from datetime import UTC, datetime
from typing import Any


def a_label(transaction_id: str, *, is_fraud: bool) -> dict[str, Any]:
    """A label that the brain knows already."""
    now = datetime.now(UTC)
    return {
        "_id": transaction_id,
        "is_fraud": is_fraud,
        "source": "chargeback",
        "known_at": now,
        "recorded_at": now,
        "revision": 1,
        "previous": [],
    }
