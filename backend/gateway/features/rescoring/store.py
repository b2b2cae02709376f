"""
RescoreBacklog: verdicts that were given without a score, or by one that knew too little. On a record of `transactions`:

    needs_rescore               present until it is settled
    amount_reference_minor      hundredths of the reference currency; null without a rate
    rescore_reason                 "CANARY" where the score turned out suspect later; otherwise the verdict says why
    rescore_lease {by, until}      who works on it; by the server's clock, so gateways need not agree on the time
    rescore_attempts               scores that failed
    rescore_degraded {since, times}    scores that were made without history
    rescore_retry_at               not before
    rescore_closed {at, why}       given up: there is no score to be had
    amended_at                  when the last amendment was appended
    alert_pending               a flip that perhaps nobody was told of yet

A settled one has its amendment and no needs_rescore in the same update, which only the holder of the lease can make:
so it gets exactly one, however many workers work and die.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson.objectid import ObjectId
from pymongo import UpdateOne

from gateway.domain import Amendment, Decision, DecisionSource, Thresholds, Transaction
from gateway.kit.lease import from_now, is_free, is_past, lease
from gateway.ledger.amendments import amendment_to_document, to_amendment
from gateway.ledger.client import Database, reading
from gateway.ledger.documents import to_thresholds, to_transaction
from gateway.ledger.seals import seal_amendment
from gateway.review import review_of_flip
from records.account import account_key

_log = structlog.get_logger()
LEASE_S = 30  # a gateway that died holds its items no longer; one batch takes about a second
SUSPECT = "CANARY"
DEGRADED = "DEGRADED"
UNSCORED = "UNSCORED"  # by a list, or a rule, that gave no reason code
_FREE = {
    "needs_rescore": True,
    "$expr": {"$and": [is_free("rescore_lease"), is_past("rescore_retry_at")]},
}
_DONE = dict.fromkeys(
    ("needs_rescore", "rescore_lease", "rescore_attempts", "rescore_degraded", "rescore_retry_at"), ""
)


@dataclass(frozen=True, slots=True)
class BacklogItem:
    """
    One verdict that is to be scored, leased to whoever claimed it.

    Attributes:
        record_id: Of its document.
        lease: Whose it is now.
        reason: Why it is looked at again: a blind reason code, "DEGRADED" or "CANARY".
        decision: The one that was given, and stands.
        source: Who made it.
        amount_reference_minor: the amount in hundredths of the reference currency; None without a rate.
        attempts: Scores that failed so far.
        degraded_times: Scores that were made without history.
        degraded_since: When the first of them was; None before.
        amended_to: What the last amendment would have decided; None before the first.
        has_review: Whether it waits, or has waited, for a person.
        thresholds: That were in force when it was decided; None where none were known.
    """

    record_id: ObjectId
    lease: str
    transaction: Transaction
    reason: str
    decision: Decision
    source: DecisionSource
    amount_reference_minor: int | None = None
    attempts: int = 0
    degraded_times: int = 0
    degraded_since: datetime | None = None
    amended_to: Decision | None = None
    has_review: bool = False
    thresholds: Thresholds | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """An amendment that somebody has to hear of."""

    record_id: ObjectId
    transaction: Transaction
    amendment: Amendment
    number: int  # of the amendment, from 1


class RescoreBacklog:
    """Claims its items and settles them. Everything raises LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database, *, instance: str) -> None:
        """Args: instance: this gateway's name."""
        self._transactions = database["transactions"]
        self._instance = instance

    async def claim(self, limit: int, *, known_until: datetime | None = None) -> list[BacklogItem]:
        """
        Lease so many, the largest amounts first; fewer where others were faster.

        Args:
            known_until: Leave those alone that were decided later than this.
        """
        query = _free(known_until)
        async with reading():
            found = (
                self._transactions.find(query, {"_id": 1}, hint="needs_rescore")
                .sort("amount_reference_minor", -1)
                .limit(limit)
            )
            ids = [document["_id"] for document in await found.to_list(limit)]
        if not ids:
            return []
        holder = self._new_holder()
        async with reading():
            await self._transactions.update_many({"_id": {"$in": ids}, **query}, _leased_to(holder))
        async with reading():
            mine = self._transactions.find({"_id": {"$in": ids}, "rescore_lease.by": holder}).sort(
                "amount_reference_minor", -1
            )
            return await self._read(await mine.to_list(limit))

    async def settle(self, updates: Sequence[UpdateOne]) -> int:
        """Write down what became of them; how many still were ours."""
        if not updates:
            return 0
        async with reading():
            result = await self._transactions.bulk_write(list(updates), ordered=False)
        return int(result.modified_count)

    async def mark_suspect(self, *, since: datetime, until: datetime, model: tuple[str, str] | None) -> int:
        """
        Have the scores made anew that were given between two times, first or later ones; how many.

        Args:
            model: Name and version that scored; None: whichever.
        """
        during = {"$gte": since, "$lte": until}
        first: dict[str, Any] = {
            **account_key(),
            "created_at": during,
            "verdict.scored": True,
            "amendments": {"$size": 0},
        }
        later: dict[str, Any] = {"amended_at": during}
        if model is not None:
            first |= {"verdict.model.name": model[0], "verdict.model.version": model[1]}
            later |= {"amendments.model.name": model[0], "amendments.model.version": model[1]}
        marked = 0
        for given in (first, later):  # once: what is scored again meanwhile must not be suspect for ever
            query = {**given, "rescore_reason": {"$exists": False}}
            async with reading():
                result = await self._transactions.update_many(
                    query, {"$set": {"needs_rescore": True, "rescore_reason": SUSPECT}}
                )
            marked += int(result.modified_count)
        return marked

    async def unnotified(self, limit: int) -> list[Flip]:
        """Find flips whose alert was perhaps never raised."""
        async with reading():
            found = await self._transactions.find({"alert_pending": True}).limit(limit).to_list(limit)
        return [_to_flip(document) for document in found if document["amendments"]]

    async def mark_notified(self, notified: Mapping[ObjectId, int]) -> None:
        """Note that the alerts of these were raised: of the amendment with that number, and of no later one."""
        done = [
            UpdateOne({"_id": record_id, "amendments": {"$size": number}}, {"$unset": {"alert_pending": ""}})
            for record_id, number in notified.items()
        ]
        async with reading():
            await self._transactions.bulk_write(done, ordered=False)

    async def _read(self, documents: Sequence[Mapping[str, Any]]) -> list[BacklogItem]:
        """Those that can be read; one that cannot would be claimed for ever, so it is closed."""
        backlog, unreadable = [], []
        for document in documents:
            try:
                backlog.append(_to_item(document))
            except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
                _log.error("rescore.unreadable", transaction_id=document["transaction_id"], error=type(error).__name__)
                unreadable.append(
                    _update(document["_id"], document["rescore_lease"]["by"], _closing("unreadable record"))
                )
        await self.settle(unreadable)
        return backlog

    def _new_holder(self) -> str:
        return f"{self._instance}/{secrets.token_hex(8)}"


def amended(item: BacklogItem, amendment: Amendment) -> UpdateOne:
    """Settle it with its one amendment."""
    said = item.amended_to or item.decision  # the last word that anybody may have heard
    was_alarmed = item.amended_to not in {None, Decision.APPROVE}
    new = amendment.new_decision
    is_alarming = new is not said and (new is not Decision.APPROVE or was_alarmed)
    document = amendment_to_document(amendment)
    sealed = {**document, "seal": seal_amendment(document)}
    found: dict[str, Any] = {"amended_at": amendment.at, "chain_pending": True}
    if is_alarming:
        found["alert_pending"] = True
    review = review_of_flip(amendment, amount_reference_minor=item.amount_reference_minor)
    if review is not None and not item.has_review:
        found["review"] = review
    update = {"$push": {"amendments": sealed}, "$set": found, "$unset": _DONE}
    return _update(item.record_id, item.lease, update)


def closed(item: BacklogItem, why: str) -> UpdateOne:
    """Give it up: `why` is for people."""
    return _update(item.record_id, item.lease, _closing(why))


def failed(item: BacklogItem, *, retry_s: float) -> UpdateOne:
    """Put it off for so long: there was no score."""
    return _update(item.record_id, item.lease, _later(retry_s, {"rescore_attempts": item.attempts + 1}))


def degraded(item: BacklogItem, *, retry_s: float) -> UpdateOne:
    """Put it off for so long: the score was made without history."""
    noted = {"since": {"$ifNull": ["$rescore_degraded.since", "$$NOW"]}, "times": item.degraded_times + 1}
    return _update(item.record_id, item.lease, _later(retry_s, {"rescore_degraded": noted}))


def released(item: BacklogItem) -> UpdateOne:
    """Give it back untried: whoever comes next may have it."""
    return _update(item.record_id, item.lease, {"$unset": {"rescore_lease": ""}})


def _update(record_id: ObjectId, lease: str, update: Any) -> UpdateOne:
    return UpdateOne({"_id": record_id, "needs_rescore": True, "rescore_lease.by": lease}, update)


def _closing(why: str) -> list[dict[str, Any]]:
    closed_at = {"rescore_closed": {"at": "$$NOW", "why": {"$literal": why[:200]}}}
    return [{"$set": closed_at}, {"$unset": list(_DONE)}]


def _later(retry_s: float, noted: Mapping[str, Any]) -> list[dict[str, Any]]:
    retry_at = {"rescore_retry_at": from_now(timedelta(seconds=retry_s))}
    return [{"$set": {**retry_at, **noted}}, {"$unset": "rescore_lease"}]


def _free(known_until: datetime | None) -> dict[str, Any]:
    return _FREE if known_until is None else {**_FREE, "created_at": {"$lte": known_until}}


def _leased_to(holder: str) -> list[dict[str, Any]]:
    return [{"$set": {"rescore_lease": lease(holder, lasts_s=LEASE_S)}}]


def _to_item(document: Mapping[str, Any]) -> BacklogItem:
    verdict, tried = document["verdict"], document.get("rescore_degraded", {})
    return BacklogItem(
        record_id=document["_id"],
        lease=document["rescore_lease"]["by"],
        transaction=to_transaction(document),
        reason=document.get("rescore_reason") or _reason(verdict),
        decision=Decision(verdict["decision"]),
        source=DecisionSource(verdict["decision_source"]),
        amount_reference_minor=document.get("amount_reference_minor", document.get("exposed_minor")),
        attempts=int(document.get("rescore_attempts", 0)),
        degraded_times=int(tried.get("times", 0)),
        degraded_since=tried.get("since"),
        amended_to=Decision(document["amendments"][-1]["new"]) if document["amendments"] else None,
        has_review="review" in document,
        thresholds=to_thresholds(verdict.get("thresholds")),
    )


def _reason(verdict: Mapping[str, Any]) -> str:
    if verdict["scored"]:
        return DEGRADED
    return verdict["fallback"]["reason_code"] if verdict["fallback"] else UNSCORED


def _to_flip(document: Mapping[str, Any]) -> Flip:
    amendments = document["amendments"]
    return Flip(document["_id"], to_transaction(document), to_amendment(amendments[-1]), len(amendments))
