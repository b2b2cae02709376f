"""
Lists as MongoDB keeps them, collection `lists`.

    account                   whose list it is
    list, kind, value         what is listed
    by                        the person or key that put it there, or took it off
    reason, expires_at        why, and until when (null: for good); then MongoDB removes it by itself
    created_at, updated_at    by the server's clock: gateways ask for what is newer than what they know
    deleted_at                on what was taken off: it stays for a day, so that every gateway hears of it
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from gateway.domain import ListEntry, ListKind, ListName
from gateway.errors import ListUnconfirmed
from gateway.kit.follower import Change
from gateway.ledger.client import Database, reading, upsert, writing
from gateway.ledger.documents import AWARE
from gateway.verdict.lists import to_key
from records.account import ACCOUNT, account_key

_UNCONFIRMED = "The ledger did not confirm the change. Send the same request again."
ENTRIES_MAX = 100_000  # about 60 MB in each gateway
_AT_ONCE = 1_000  # decoded in one go: 5 ms
CHANGES_MAX = 5_000


class ListStore:
    """Puts, takes off, and tells what changed."""

    changes_max = CHANGES_MAX

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lists = database["lists"]

    async def put(
        self,
        name: ListName,
        kind: ListKind,
        value: str,
        *,
        reason: str,
        expires_at: datetime | None,
        by: str | None = None,
    ) -> ListEntry:
        """
        Put a value on a list. The same again changes nothing.

        Raises:
            ListUnconfirmed: not known to be recorded; say it again.
        """
        said = {"reason": {"$literal": reason}, "expires_at": expires_at}
        is_gone = {"$ne": [{"$type": "$deleted_at"}, "missing"]}
        is_new = {"$or": [{"$eq": [{"$type": "$created_at"}, "missing"]}, is_gone]}
        same = [{"$eq": [f"${field}", wanted]} for field, wanted in said.items()]
        entry = said | {
            "_id": {"$ifNull": ["$_id", {"$literal": to_key(name, kind, value)}]},  # for older gateways beside this one
            "account": ACCOUNT,
            "list": {"$literal": name.value},
            "kind": {"$literal": kind.value},
            "value": {"$literal": value},
            "created_at": {"$cond": [is_new, "$$NOW", "$created_at"]},
            "updated_at": "$$NOW",
            "by": {"$literal": by},
        }
        update = {"$replaceWith": {"$cond": [{"$and": [{"$not": is_new}, *same]}, "$$ROOT", entry]}}
        async with writing(ListUnconfirmed(_UNCONFIRMED)):
            return _to_entry(await upsert(self._lists, _of(name.value, kind.value, value), [update]))

    async def remove(self, key: str, *, by: str | None = None) -> bool:
        """
        Take it off its list; whether it was on it.

        Raises:
            ListUnconfirmed: not known to be recorded; say it again.
        """
        gone = [{"$set": {"updated_at": "$$NOW", "deleted_at": "$$NOW", "expires_at": None, "by": {"$literal": by}}}]
        async with writing(ListUnconfirmed(_UNCONFIRMED)):
            done = await self._lists.update_one({**_of(*key.split(":", 2)), "deleted_at": {"$exists": False}}, gone)
        return bool(done.modified_count)

    async def now(self) -> datetime:
        """Ask for the server's time. Raises LedgerUnreadable."""
        async with reading():
            answer = await self._database.command("hello", codec_options=AWARE)
        found: datetime = answer["localTime"]
        return found

    async def all(self) -> AsyncIterator[list[ListEntry]]:
        """Read every entry, some at a time. Raises LedgerUnreadable."""
        async with reading():
            cursor = self._lists.find({"deleted_at": {"$exists": False}}, batch_size=_AT_ONCE).limit(2 * ENTRIES_MAX)
            documents = await cursor.to_list(_AT_ONCE)
        while documents:
            yield [_to_entry(document) for document in documents]
            async with reading():
                documents = await cursor.to_list(_AT_ONCE)

    async def changes(self, since: datetime) -> list[Change[ListEntry]]:
        """Read what was put or taken off since then, oldest first, 5,000 at most. Raises LedgerUnreadable."""
        async with reading():
            found = (
                await self._lists.find({"updated_at": {"$gte": since}})
                .sort("updated_at", 1)
                .limit(self.changes_max)
                .to_list(self.changes_max)
            )
        return [
            Change(
                key=to_key(document["list"], document["kind"], document["value"]),
                item=None if "deleted_at" in document else _to_entry(document),
                changed_at=document["updated_at"],
            )
            for document in found
        ]


def _of(name: str, kind: str, value: str) -> dict[str, Any]:
    return {**account_key(), "list": name, "kind": kind, "value": value}


def _to_entry(document: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        name=ListName(document["list"]),
        kind=ListKind(document["kind"]),
        value=document["value"],
        reason=document["reason"],
        expires_at=document["expires_at"],
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        by=document.get("by"),
    )
