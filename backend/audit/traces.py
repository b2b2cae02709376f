"""What other collections say of a person: erased with the records."""

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from records.account import account_key

_A_WORD = "erased"  # in the place of a reason, which must not be empty


@dataclass(frozen=True, slots=True)
class Traces:
    """
    How many were erased.

    Attributes:
        list_entries: Taken off their lists.
        alerts: Of flips of their payments.
    """

    list_entries: int
    alerts: int


def erase_traces(ledger: Database[Any], user_id: str) -> Traces:
    """
    Erase them, after the records. To repeat it is safe.

    Raises:
        PyMongoError: some may be erased, the rest is not.
    """
    # it stays as one that was taken off until every gateway has heard of it; then MongoDB removes it
    listed = {**account_key(), "kind": "user", "value": user_id, "deleted_at": {"$exists": False}}
    gone = {"updated_at": "$$NOW", "deleted_at": "$$NOW", "expires_at": None, "reason": _A_WORD}
    entries = ledger["lists"].update_many(listed, [{"$set": gone}])
    alerts = ledger["alerts"].update_many({**account_key(), "data.user_id": user_id}, {"$set": {"data.user_id": None}})
    return Traces(entries.modified_count, alerts.modified_count)
