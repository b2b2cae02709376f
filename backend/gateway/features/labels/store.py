"""
Labels as MongoDB keeps them, collection `labels`: what a transaction turned out to be.

    account, transaction_id   of which transaction it is
    is_fraud, source          what it was, who says so
    by                        the person or key that recorded it; null before that was asked
    known_at, recorded_at     when that became known in the world; when it came here
    revision, previous[]      from 1; what stood before, newest first
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.domain import Label
from gateway.errors import LabelUnconfirmed
from gateway.kit.lease import NOW
from gateway.ledger.client import Database, reading, upsert, writing
from records.account import ACCOUNT, account_key

_UNCONFIRMED = "The ledger did not confirm the label. Send the same request again."
_PREVIOUS_MAX = 20  # corrections that are remembered


class Labels:
    """Keeps the label that stands for each transaction, and those that stood before it."""

    def __init__(self, database: Database) -> None:
        self._labels = database["labels"]

    async def put(
        self,
        transaction_id: str,
        *,
        is_fraud: bool,
        source: str,
        known_at: datetime | None,
        default_known_at: datetime,
        by: str | None = None,
    ) -> Label:
        """
        Say what a transaction turned out to be. The same again changes nothing; anything else is a correction.

        Args:
            by: Who records it. The same from somebody else changes nothing.
            known_at: None: what is on record when the rest is the same, else `default_known_at`.

        Returns:
            The label that stands: `recorded_at` tells whether it is this one or was there before.

        Raises:
            LabelUnconfirmed: not known to be recorded; say it again.
        """
        said = {"is_fraud": {"$literal": is_fraud}, "source": {"$literal": source}}
        same = [{"$eq": [f"${name}", value]} for name, value in said.items()]
        if known_at is not None:
            same.append({"$eq": ["$known_at", known_at]})
        revision = {"$ifNull": ["$revision", 0]}
        before = {name: f"${name}" for name in ("is_fraud", "source", "known_at", "recorded_at", "revision", "by")}
        older = {"$cond": [{"$gt": [revision, 0]}, {"$concatArrays": [[before], "$previous"]}, []]}
        corrected = said | {
            "_id": {"$ifNull": ["$_id", {"$literal": transaction_id}]},  # for older gateways beside this one
            "account": ACCOUNT,
            "transaction_id": {"$literal": transaction_id},
            "known_at": known_at or default_known_at,
            "recorded_at": NOW,  # readers ask for what is newer than what they know: one clock for all gateways
            "revision": {"$add": [revision, 1]},
            "by": {"$literal": by},
            "previous": {"$slice": [older, _PREVIOUS_MAX]},
        }
        update = {"$replaceWith": {"$cond": [{"$and": same}, "$$ROOT", {"$mergeObjects": ["$$ROOT", corrected]}]}}
        async with writing(LabelUnconfirmed(_UNCONFIRMED)):
            return _to_label(await upsert(self._labels, _of([transaction_id]), [update]))

    async def find(self, transaction_ids: Sequence[str]) -> dict[str, Label]:
        """Find the labels of these transactions, where there are any. Raises LedgerUnreadable."""
        if not transaction_ids:
            return {}
        async with reading():
            found = await self._labels.find(_of(transaction_ids)).to_list(len(transaction_ids))
        return {label.transaction_id: label for label in map(_to_label, found)}

    async def find_one(self, transaction_id: str) -> Label | None:
        """Find the label of one, if there is any. Raises LedgerUnreadable."""
        return (await self.find([transaction_id])).get(transaction_id)


def _of(transaction_ids: Sequence[str]) -> dict[str, Any]:
    """A query of their labels; where some have no account yet, they are known by their _id."""
    account, ids = account_key(), {"$in": list(transaction_ids)}
    return {**account, "transaction_id": ids} if account else {"_id": ids}


def _to_label(document: Mapping[str, Any]) -> Label:
    return Label(
        transaction_id=document.get("transaction_id", document["_id"]),
        is_fraud=document["is_fraud"],
        source=document["source"],
        known_at=document["known_at"],
        recorded_at=document["recorded_at"],
        revision=int(document["revision"]),
        by=document.get("by"),
    )
