"""Changes of people, sessions and invitations, as MongoDB keeps them: collection `access`, see records.py."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from gateway.access.errors import AccessUnconfirmed
from gateway.access.records import Record, RecordOf
from gateway.access.store import COLLECTION
from gateway.features.people.errors import PersonExists
from gateway.features.people.records import (
    KINDS,
    Invitation,
    Session,
    to_document,
    to_fields,
)
from gateway.ledger.client import Database, reading, writing
from records.account import ACCOUNT

_UNCONFIRMED = "The ledger did not confirm the change. Send the same request again."
_IS_THERE = {"deleted_at": {"$exists": False}}
_NOW = {"changed_at": "$$NOW"}
_GONE = [{"$set": _NOW | {"deleted_at": "$$NOW"}}]
READ_MAX = 5_000


class PeopleStore:
    """Writes one record, or some; each write is safe to repeat. Raises AccessUnconfirmed where nothing else is said."""

    def __init__(self, database: Database) -> None:
        self._records = database[COLLECTION]

    async def add(self, record: RecordOf) -> RecordOf:
        """
        Put a new record there; as it is kept.

        Raises:
            PersonExists: it is there already, and was not removed.
        """
        new = {"$literal": to_document(record)}
        whole = [{"$replaceWith": {"$mergeObjects": [new, {"_id": record.key, "account": ACCOUNT} | _NOW]}}]
        async with writing(AccessUnconfirmed(_UNCONFIRMED)):
            try:
                kept = await self._records.find_one_and_update(
                    {"_id": record.key, "deleted_at": {"$exists": True}},
                    whole,
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                )
            except DuplicateKeyError:
                kept = None
        if kept is None:
            raise PersonExists("Somebody has joined with this email address: sign in with it.")
        return type(record).of(kept)

    async def change(
        self, record: RecordOf, changes: Mapping[str, Any], *, unless_changed: Iterable[str] = ()
    ) -> RecordOf | None:
        """
        Change fields of a record; as it is afterwards, None where it was removed.

        Args:
            unless_changed: Fields that must be as they are in `record`; else nothing is changed, and None is returned.
        """
        seen = to_document(record)
        wanted = {"_id": record.key} | _IS_THERE | {name: seen[name] for name in unless_changed}
        update = [{"$set": {name: {"$literal": value} for name, value in to_fields(changes).items()} | _NOW}]
        async with writing(AccessUnconfirmed(_UNCONFIRMED)):
            found = await self._records.find_one_and_update(wanted, update, return_document=ReturnDocument.AFTER)
        return None if found is None else type(record).of(found)

    async def remove(self, key: str) -> bool:
        """Remove the record with this `_id`; whether it was there."""
        return await self._remove({"_id": key}) > 0

    async def remove_sessions(self, person_id: str, *, but: str | None = None) -> int:
        """Remove those of a person; but not the session with this id."""
        others = {} if but is None else {"_id": {"$ne": f"{Session.kind}:{but}"}}
        return await self._remove({"kind": Session.kind, "person_id": person_id} | others)

    async def remove_invitations(self, email: str) -> int:
        """Remove those for this address."""
        return await self._remove({"kind": Invitation.kind, "email": email})

    async def note_seen(self, seen: Mapping[str, datetime]) -> None:
        """Note when sessions were last used, by id. Raises LedgerUnreadable."""
        writes = [
            UpdateOne(
                {"_id": f"{Session.kind}:{session_id}", "seen_at": {"$lt": at}} | _IS_THERE,
                [{"$set": {"seen_at": at} | _NOW}],
            )
            for session_id, at in seen.items()
        ]
        async with reading():
            await self._records.bulk_write(writes, ordered=False)

    async def find(self, kind: type[RecordOf], record_id: str) -> RecordOf | None:
        """Read one record that was not removed, and that this version can read. Raises LedgerUnreadable."""
        async with reading():
            found = await self._records.find_one({"_id": f"{kind.kind}:{record_id}"} | _IS_THERE)
        try:
            return None if found is None else kind.of(found)
        except msgspec.ValidationError:  # a later version wrote it: who is named there is not let in
            return None

    async def all(self, *kinds: type[Record]) -> list[Record]:
        """Read all of these kinds, for the command line. Raises LedgerUnreadable."""
        wanted = {"kind": {"$in": [kind.kind for kind in kinds or KINDS.values()]}} | _IS_THERE
        async with reading():
            found = await self._records.find(wanted).limit(READ_MAX).to_list(READ_MAX)
        return [KINDS[document["kind"]].of(document) for document in found]

    async def _remove(self, wanted: Mapping[str, Any]) -> int:
        async with writing(AccessUnconfirmed(_UNCONFIRMED)):
            done = await self._records.update_many({"account": ACCOUNT, **wanted, **_IS_THERE}, _GONE)
        return int(done.modified_count)
