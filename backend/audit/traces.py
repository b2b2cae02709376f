"""What other collections, and the brain's history, say of a person: erased with the records."""

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

_A_WORD = "erased"  # in the place of a reason, which must not be empty


@dataclass(frozen=True, slots=True)
class Traces:
    """
    How many were erased.

    Attributes:
        histories: Of the person: 0 or 1.
        merchants: Histories of merchants that named them.
        list_entries: Taken off their lists.
        alerts: Of flips of their payments.
    """

    histories: int
    merchants: int
    list_entries: int
    alerts: int


def erase_traces(ledger: Database[Any], profiles: Database[Any], user_id: str) -> Traces:
    """
    Erase them, after the records: from then on nobody tells the brain of them again. To repeat it is safe.

    The event of a merchant stays, without the person, as `sentinel history verify` expects it of an erased record.

    Args:
        profiles: The brain's database; its documents are described in brain/history/documents.py.

    Raises:
        PyMongoError: some may be erased, the rest is not.
    """
    histories = profiles["users"].delete_one({"_id": user_id}).deleted_count
    merchants = profiles["merchants"].update_many(
        {"e.c": user_id}, {"$set": {"e.$[payment].c": ""}}, array_filters=[{"payment.c": user_id}]
    )
    # it stays as one that was taken off until every gateway has heard of it; then MongoDB removes it
    listed = {"kind": "user", "value": user_id, "deleted_at": {"$exists": False}}
    gone = {"updated_at": "$$NOW", "deleted_at": "$$NOW", "expires_at": None, "reason": _A_WORD}
    entries = ledger["lists"].update_many(listed, [{"$set": gone}])
    alerts = ledger["alerts"].update_many({"data.user_id": user_id}, {"$set": {"data.user_id": None}})
    return Traces(histories, merchants.modified_count, entries.modified_count, alerts.modified_count)
