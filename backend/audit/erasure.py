"""
Erases what records say of a person. The values and their salt go; decision, amounts and times stay, and so does proof.

The digest of the request goes as well: it has no salt, so guesses at the person could be tried on it. With it goes the
replay: the same request again is answered 409.
"""

from dataclasses import dataclass
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from audit.errors import AuditError
from audit.seal_check import ABOUT_A_PERSON, ERASED, check
from records.account import account_key

PERSONAL = ("digest", "request", "user_id")  # the merchant is no person
_OLD_SALTS = tuple(f"seal.salts.{name}" for name in PERSONAL)
_IDS = {"transaction_id": 1}
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

NOT_COVERED = (
    "notes of labels and reviews, and lists of cards, devices and addresses: unless somebody wrote a person there",
    "what a gateway counts of blind approvals by user, on its disk: gone after an hour or the end of the outage",
    "damaged files that were put aside beside a journal, logs, exports and backups",
)


class CannotErase(AuditError):
    """A record of that person is not what was committed: erasing would take the evidence away."""


@dataclass(frozen=True, slots=True)
class Erased:
    """In how many records, and in how many conflicts."""

    records: int
    conflicts: int


def erase(database: Database[Any], user_id: str) -> Erased:
    """
    Erase a person's data. To repeat it is safe.

    Raises:
        CannotErase: see there; nothing was erased.
        PyMongoError: some may be erased, the rest is not.
    """
    query = {**account_key(), "user_id": user_id}
    for raw in database["transactions"].with_options(codec_options=_RAW).find(query):
        record = check(bytes(raw.raw))
        if broken := [name for name in record.changed if name in {*PERSONAL, ABOUT_A_PERSON}]:
            raise CannotErase(f"{broken[0]} of {record.document['transaction_id']} is not what was committed")
    records = database["transactions"].update_many(query, _update(""))
    conflicts = database["conflicts"].update_many({**account_key(), "record.user_id": user_id}, _update("record."))
    return Erased(records.modified_count, conflicts.modified_count)


def transactions_of(database: Database[Any], user_id: str) -> list[str]:
    """The ids of a person's transactions. Raises PyMongoError."""
    records = database["transactions"].find({**account_key(), "user_id": user_id}, _IDS)
    return [found["transaction_id"] for found in records]


def _update(prefix: str) -> dict[str, Any]:
    return {
        "$set": {f"{prefix}{name}": ERASED[name] for name in PERSONAL},
        "$unset": {f"{prefix}{name}": "" for name in ("salt", *_OLD_SALTS)},
    }
