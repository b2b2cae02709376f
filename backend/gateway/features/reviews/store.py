"""
The review queue as MongoDB keeps it: the field `review` of a record in `transactions`.

    state, reason, since                open | claimed | decided; verdict | flip; when it began to wait
    amount_reference_minor              hundredths of the reference currency; null without a rate
    claimed_by, claimed_at, claim_until     while somebody holds it, by the server's clock
    decision, note, decided_by, decided_at  approve or block, and why
    undo                                {until, claimed_at, claim_until}: until when who decided may undo that, and the
                                        claim that comes back then; null where it stands
    history[]                           {at, by, via, action, decision, note}: the newest 50 steps; via is the
                                        key that named `by`
    label_pending                       true from the decision until its label is written, which nothing takes back: so
                                        no label is written before `undo.until`

Every step is one conditional update of one record, so of two people who want it at once one gets it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bson.objectid import ObjectId
from pymongo import ReturnDocument

from gateway.domain import Decision
from gateway.errors import (
    NothingToUndo,
    ReviewDecided,
    ReviewNotFound,
    ReviewTaken,
    ReviewUnconfirmed,
)
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.kit.cursors import ObjectIdText, TimeMs, WholeNumber, read_cursor, to_ms, to_time, write_cursor
from gateway.kit.lease import from_now, is_older, is_past
from gateway.ledger.client import Database, reading, writing
from gateway.review import ReviewState, in_state
from records.account import account_key

_UNCONFIRMED = "The ledger did not confirm this step. Send the same request again."
CLAIM_S = 15 * 60  # long enough to look into a payment; a lunch takes longer
_HISTORY_MAX = 50
_LARGEST_FIRST = [("review.amount_reference_minor", -1), ("review.since", 1), ("_id", 1)]
_NOBODY: dict[str, Any] = {"claimed_by": None, "claimed_at": None, "claim_until": None}
_IS_HELD: dict[str, Any] = {
    "$and": [{"$eq": ["$review.state", ReviewState.CLAIMED.value]}, {"$not": [is_past("review.claim_until")]}]
}
_IS_DECIDED: dict[str, Any] = {"$eq": ["$review.state", ReviewState.DECIDED.value]}
Document = Mapping[str, Any]


class Reviews:
    """Steps raise ReviewUnconfirmed, questions LedgerUnreadable, when MongoDB is away; to repeat either is safe."""

    def __init__(self, database: Database) -> None:
        self._transactions = database["transactions"]

    async def page(self, state: ReviewState, *, cursor: str | None, limit: int) -> tuple[list[Document], str | None]:
        """
        Find a page of records, the largest amount first, then the longest waiting; and the cursor of the next, or None.

        Raises:
            UnknownCursor: the cursor is not one of ours.
        """
        wanted = [account_key(), in_state(state, at=clock.LEDGER.best())]
        if cursor is not None:
            wanted.append(_after(cursor))
        async with reading():
            found: list[Document] = await (
                self._transactions.find({"$and": wanted}).sort(_LARGEST_FIRST).limit(limit + 1).to_list(limit + 1)
            )
        return (found, None) if len(found) <= limit else (found[:limit], _cursor_of(found[limit - 1]))

    async def find(self, transaction_id: str) -> Document:
        """Find the record with its review. Raises ReviewNotFound."""
        async with reading():
            found = await self._transactions.find_one(_waiting(transaction_id))
        if found is None:
            raise _not_found()
        return found

    async def claim(self, transaction_id: str, *, by: str, via: str | None = None) -> Document:
        """
        Hold it for 15 minutes; again by the same person: from now on.

        Raises:
            ReviewNotFound, ReviewTaken, ReviewDecided.
        """
        is_mine = {"$and": [_IS_HELD, {"$eq": ["$review.claimed_by", {"$literal": by}]}]}
        claimed = _history({"by": by, "via": via, "action": "claimed"})
        found = await self._step(
            transaction_id,
            may={"$and": [{"$not": [_IS_DECIDED]}, {"$or": [{"$not": [_IS_HELD]}, is_mine]}]},
            change={
                "state": ReviewState.CLAIMED.value,
                "claimed_by": {"$literal": by},
                "claimed_at": {"$cond": [is_mine, "$review.claimed_at", "$$NOW"]},
                "claim_until": from_now(timedelta(seconds=CLAIM_S)),
                "history": {"$cond": [is_mine, "$review.history", claimed]},
            },
        )
        _refuse_decided(found)
        if found["review"]["claimed_by"] != by:
            raise _taken(found)
        return found

    async def release(self, transaction_id: str, *, by: str, via: str | None = None) -> Document:
        """
        Give one's claim back. Nothing happens when nobody holds it.

        Raises:
            ReviewNotFound, ReviewTaken, ReviewDecided.
        """
        is_claim = {"$eq": ["$review.state", ReviewState.CLAIMED.value]}
        found = await self._step(
            transaction_id,
            may={"$and": [is_claim, {"$eq": ["$review.claimed_by", {"$literal": by}]}]},
            change={
                "state": ReviewState.OPEN.value,
                **_NOBODY,
                "history": _history({"by": by, "via": via, "action": "released"}),
            },
        )
        _refuse_decided(found)
        review = found["review"]
        if review["state"] == ReviewState.CLAIMED and review["claim_until"] > clock.LEDGER.best():
            raise _taken(found)
        return found

    async def decide(
        self,
        transaction_id: str,
        *,
        by: str,
        via: str | None = None,
        decision: Decision,
        note: str | None,
        undo_s: int = 0,
    ) -> Document:
        """
        Decide it, while one holds it or nobody does. The same again by the same person changes nothing.

        Args:
            undo_s: How long it may be undone by the same person, in seconds. 0: it stands.

        Raises:
            ReviewNotFound, ReviewTaken, ReviewDecided.
        """
        is_other = {"$and": [_IS_HELD, {"$ne": ["$review.claimed_by", {"$literal": by}]}]}
        held = {name: {"$cond": [_IS_HELD, f"$review.{name}", None]} for name in ("claimed_at", "claim_until")}
        said = {"decision": decision.value, "note": note}
        found = await self._step(
            transaction_id,
            may={"$and": [{"$not": [_IS_DECIDED]}, {"$not": [is_other]}]},
            change={
                "state": ReviewState.DECIDED.value,
                **_NOBODY,
                **{name: {"$literal": value} for name, value in said.items()},
                "decided_by": {"$literal": by},
                "decided_at": "$$NOW",
                "undo": {"until": from_now(timedelta(seconds=undo_s))} | held if undo_s else None,
                "label_pending": True,
                "history": _history({"by": by, "via": via, "action": "decided"} | said),
            },
        )
        review = found["review"]
        if (review.get("decided_by"), review.get("decision"), review.get("note")) != (by, decision.value, note):
            _refuse_decided(found)
            raise _taken(found)
        return found

    async def undo(self, transaction_id: str, *, by: str, via: str | None = None) -> Document:
        """
        Take one's decision back: it waits as it did before. The same again changes nothing.

        Raises:
            ReviewNotFound.
            ReviewDecided: somebody else's, or it stands by now.
            NothingToUndo: it is not decided.
        """
        is_mine = {"$eq": ["$review.decided_by", {"$literal": by}]}
        was_held = {"$ne": ["$review.undo.claim_until", None]}
        found = await self._step(
            transaction_id,
            may={"$and": [_IS_DECIDED, is_mine, {"$not": [is_past("review.undo.until")]}]},
            change={
                "state": {"$cond": [was_held, ReviewState.CLAIMED.value, ReviewState.OPEN.value]},
                "claimed_by": {"$cond": [was_held, {"$literal": by}, None]},
                "claimed_at": "$review.undo.claimed_at",
                "claim_until": "$review.undo.claim_until",
                **dict.fromkeys(("decision", "note", "decided_by", "decided_at", "undo")),
                "label_pending": False,
                "history": _history({"by": by, "via": via, "action": "undone"}),
            },
        )
        _refuse_decided(found)
        last = (found["review"]["history"] or [{}])[-1]
        if (last.get("by"), last.get("action")) != (by, "undone"):
            raise NothingToUndo("Nobody has decided it, or it was undone and somebody has taken another step since.")
        return found

    async def find_unlabelled(self, *, older_than: timedelta, limit: int) -> list[Document]:
        """Find records whose decision is no label yet and stands, oldest first."""
        settled = {"$and": [is_older("review.decided_at", older_than), is_past("review.undo.until")]}
        async with reading():
            cursor = self._transactions.find({"review.label_pending": True, "$expr": settled})
            return await cursor.sort("review.decided_at", 1).limit(limit).to_list(limit)

    async def mark_labelled(self, transaction_ids: Sequence[str]) -> None:
        """Note that the labels of these are written."""
        async with reading():
            await self._transactions.update_many(
                {**account_key(), "transaction_id": {"$in": list(transaction_ids)}},
                {"$unset": {"review.label_pending": ""}},
            )

    async def _step(self, transaction_id: str, *, may: Document, change: Document) -> Document:
        """Take one step; the record as it is afterwards, changed or not."""
        after = {"$cond": [may, {"$mergeObjects": ["$review", change]}, "$review"]}
        async with writing(ReviewUnconfirmed(_UNCONFIRMED)):
            found = await self._transactions.find_one_and_update(
                _waiting(transaction_id), [{"$set": {"review": after}}], return_document=ReturnDocument.AFTER
            )
        if found is None:
            raise _not_found()
        return found


def _waiting(transaction_id: str) -> dict[str, Any]:
    return {**account_key(), "transaction_id": transaction_id, "review.state": {"$type": "string"}}


def _history(step: Mapping[str, Any]) -> dict[str, Any]:
    entry = {"$mergeObjects": [{"at": "$$NOW"}, {"$literal": dict(step)}]}
    return {"$slice": [{"$concatArrays": ["$review.history", [entry]]}, -_HISTORY_MAX]}


def _refuse_decided(found: Document) -> None:
    review = found["review"]
    if review["state"] == ReviewState.DECIDED:
        raise ReviewDecided(
            f"{review['decided_by']} decided {review['decision']} at {to_rfc3339(review['decided_at'])}. "
            "What was wrong is corrected by a label."
        )


def _taken(found: Document) -> ReviewTaken:
    review = found["review"]
    return ReviewTaken(f"{review['claimed_by']} has it until {to_rfc3339(review['claim_until'])}.")


def _not_found() -> ReviewNotFound:
    return ReviewNotFound(
        "It waits for nobody: no such transaction, or its verdict was no review and no later score has questioned it. "
        "One that is pending comes here once MongoDB has it."
    )


def _cursor_of(document: Document) -> str:
    review = document["review"]
    amount_minor = review.get("amount_reference_minor")  # what is sorted by: by older names it is missing, and last
    return write_cursor(
        None if amount_minor is None else int(amount_minor), to_ms(review["since"]), str(document["_id"])
    )


def _after(cursor: str) -> dict[str, Any]:
    amount_minor, since_ms, record_id = read_cursor(cursor, tuple[WholeNumber | None, TimeMs, ObjectIdText])
    since, later_id = to_time(since_ms), {"$gt": ObjectId(record_id)}
    same = {"review.amount_reference_minor": amount_minor}
    later: list[dict[str, Any]] = [
        same | {"review.since": {"$gt": since}},
        same | {"review.since": since, "_id": later_id},
    ]
    if amount_minor is not None:  # what has no rate comes last
        later += [{"review.amount_reference_minor": {"$lt": amount_minor}}, {"review.amount_reference_minor": None}]
    return {"$or": later}
