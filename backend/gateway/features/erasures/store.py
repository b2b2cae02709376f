"""
What was erased, as the gateways hear of it: collection `erasures`.

    _id, account, at   at: by the server's clock
    transaction_ids    of the account, whose records lost their person; nothing here names one
    done               gateways that have dropped what they remembered of these
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson.objectid import ObjectId

from gateway.ledger.client import Database, reading

_OVERLAP = timedelta(seconds=5)  # a time is given when a write begins, and seen when it is done
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Erasure:
    """One of them, or a part of a large one; `at` changes when it has to be done again."""

    id: ObjectId
    at: datetime
    transaction_ids: Sequence[str]


class Erasures:
    """Told until they are confirmed. Everything may raise LedgerUnreadable."""

    def __init__(self, database: Database) -> None:
        self._erasures = database["erasures"]
        self._since: datetime | None = None  # None: nothing is confirmed yet, and all are news
        self._done: dict[ObjectId, datetime] = {}

    async def news(self) -> list[Erasure]:
        """Some that are not confirmed, oldest first."""
        query: Mapping[str, Any] = {"at": {"$gte": self._since - _OVERLAP}} if self._since is not None else {}
        found: list[Erasure] = []
        async with reading():
            async for document in self._erasures.find(query).sort("at", 1):
                if self._done.get(document["_id"]) != document["at"]:
                    found.append(Erasure(document["_id"], document["at"], document["transaction_ids"]))
                if len(found) == _AT_ONCE:
                    break
        return found

    async def confirm(self, erasures: Sequence[Erasure], instance: str) -> None:
        """This gateway remembers nothing of them any more."""
        ids = [erasure.id for erasure in erasures]
        async with reading():
            await self._erasures.update_many({"_id": {"$in": ids}}, {"$addToSet": {"done": instance}})
        self._since = max(erasure.at for erasure in erasures)
        known = self._done | {erasure.id: erasure.at for erasure in erasures}
        self._done = {name: at for name, at in known.items() if at >= self._since - _OVERLAP}
