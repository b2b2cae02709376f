"""Keys, and news of all kinds of records, as MongoDB keeps them: collection `access`, see records.py."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from gateway.access.errors import AccessUnconfirmed, TooManyKeys
from gateway.access.keys import ApiKey
from gateway.access.records import Document, Kinds, Record
from gateway.kit.follower import Change
from gateway.kit.lease import is_past
from gateway.ledger.client import Database, reading, writing
from gateway.ledger.documents import AWARE
from records.account import ACCOUNT

COLLECTION = "access"
RECORDS_MAX = 20_000  # in each process, sessions too
_AT_ONCE = 1_000
_UNCONFIRMED = "The ledger did not confirm the change. Look with GET /keys what is there, or send it again."
_SLOTS = (1, 2)  # of a client: two keys may be good at a time, so that one replaces the other without a gap
_IS_THERE = {"deleted_at": {"$exists": False}}
_log = structlog.get_logger()


class AccessNews:
    """Tells a follower what there is and what changed. Args: kinds: those that this process knows."""

    changes_max = 5_000

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._records = database[COLLECTION]
        self._kinds = kinds

    async def now(self) -> datetime:
        """Ask for the server's time. Raises LedgerUnreadable."""
        async with reading():
            answer = await self._database.command("hello", codec_options=AWARE)
        found: datetime = answer["localTime"]
        return found

    async def all(self) -> AsyncIterator[list[Record]]:
        """Read every record, some at a time. Raises LedgerUnreadable."""
        async with reading():
            cursor = self._records.find(_IS_THERE, batch_size=_AT_ONCE).limit(RECORDS_MAX)
            documents = await cursor.to_list(_AT_ONCE)
        while documents:
            yield [record for record in map(self._read, documents) if record is not None]
            async with reading():
                documents = await cursor.to_list(_AT_ONCE)

    async def changes(self, since: datetime) -> list[Change[Record]]:
        """Read what was put or removed since then, oldest first. Raises LedgerUnreadable."""
        async with reading():
            found = (
                await self._records.find({"changed_at": {"$gte": since}})
                .sort("changed_at", 1)
                .limit(self.changes_max)
                .to_list(self.changes_max)
            )
        return [
            Change(document["_id"], None if "deleted_at" in document else self._read(document), document["changed_at"])
            for document in found
        ]

    def _read(self, document: Document) -> Record | None:
        kind = self._kinds.get(document["kind"])
        try:
            return None if kind is None else kind.of(document)
        except msgspec.ValidationError as error:  # of a later version: who is named there is not let in
            _log.error("access.unreadable", kind=document["kind"], error=type(error).__name__)
            return None


class KeyStore:
    """Makes, revokes and lists keys; each write is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._records = database[COLLECTION]

    async def add(self, key: ApiKey) -> ApiKey:
        """
        Put a new key there; as it is kept, with the server's time.

        Raises:
            TooManyKeys: its client has two that are good.
            AccessUnconfirmed: not known to be recorded.
        """
        of_client = {"account": ACCOUNT, "kind": ApiKey.kind, "client": key.client, "slot": {"$exists": True}}
        async with writing(AccessUnconfirmed(_UNCONFIRMED)):
            free: list[dict[str, Any]] = [{"$set": {"changed_at": "$$NOW"}}, {"$unset": "slot"}]
            await self._records.update_many(
                {**of_client, "expires_at": {"$ne": None}, "$expr": is_past("expires_at")},
                free,
            )
            for slot in _SLOTS:
                kept = await self._insert(key, slot)
                if kept is not None:
                    return kept
        raise TooManyKeys("This client has two keys that are good. Revoke one of them first.")

    async def revoke(self, public_id: str) -> ApiKey | None:
        """End a key; as it is then, None where there is none. Raises AccessUnconfirmed."""
        ended = {"revoked_at": {"$ifNull": ["$revoked_at", "$$NOW"]}, "changed_at": "$$NOW"}
        async with writing(AccessUnconfirmed(_UNCONFIRMED)):
            found = await self._records.find_one_and_update(
                _of(public_id), [{"$set": ended}, {"$unset": "slot"}], return_document=ReturnDocument.AFTER
            )
        return None if found is None else ApiKey.of(found)

    async def find(self, public_id: str) -> ApiKey | None:
        """Read one. Raises LedgerUnreadable."""
        async with reading():
            found = await self._records.find_one(_of(public_id))
        return None if found is None else ApiKey.of(found)

    async def all(self) -> Sequence[ApiKey]:
        """Read all, by client, the newest first. Raises LedgerUnreadable."""
        wanted = {"account": ACCOUNT, "kind": ApiKey.kind}
        async with reading():
            found = (
                await self._records.find(wanted)
                .sort([("client", 1), ("created_at", -1)])
                .limit(_AT_ONCE)
                .to_list(_AT_ONCE)
            )
        return [ApiKey.of(document) for document in found]

    async def note_used(self, used: Mapping[str, datetime]) -> None:
        """Note when keys were last used, by public id. Nobody has to hear of it. Raises LedgerUnreadable."""
        async with reading():
            await self._records.bulk_write(
                [UpdateOne(_of(key), {"$max": {"last_used_at": at}}) for key, at in used.items()], ordered=False
            )

    async def _insert(self, key: ApiKey, slot: int) -> ApiKey | None:
        fields: dict[str, Any] = msgspec.structs.asdict(key)
        del fields["id"], fields["changed_at"], fields["created_at"]
        fields |= {"scopes": [scope.value for scope in key.scopes], "networks": list(key.networks)}
        own = {"_id": key.key, "account": ACCOUNT, "kind": key.kind, "slot": slot}
        whole = {"$mergeObjects": [{"$literal": fields | own}, {"created_at": "$$NOW", "changed_at": "$$NOW"}]}
        try:
            kept = await self._records.find_one_and_update(
                {"_id": key.key, "slot": slot}, [{"$replaceWith": whole}], upsert=True,
                return_document=ReturnDocument.AFTER,
            )  # fmt: skip
        except DuplicateKeyError:
            return None
        return ApiKey.of(kept)


def _of(public_id: str) -> dict[str, Any]:
    return {"_id": f"{ApiKey.kind}:{public_id}", "account": ACCOUNT}
