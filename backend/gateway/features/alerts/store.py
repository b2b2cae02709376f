"""
Alerts as MongoDB keeps them, collection `alerts`: what was raised, and how far its delivery is.

    _id                             the webhook's id; made of kind and key, so the first raise stands
    account                         whose it is; another one's name will be in the webhook's id, too
    kind, key, data, at             which event, what it says, when it was raised
    state                           pending | delivered | dead | unsent
    attempts, next_at, give_up_at   the schedule, which outlives every gateway
    lease                           {by, until} while a gateway delivers it, by the server's clock; else null
    last_error                      of the last attempt, in a word or two
    ended_at                        when it left `pending`; 30 days later it is forgotten
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument, UpdateOne

from gateway.alerting import OF_TRANSACTIONS, AlertKind
from gateway.features.alerts.alert import GIVE_UP, Alert, AlertState, Progress, webhook_id
from gateway.kit.cursors import TimeMs, read_cursor, to_ms, to_time, write_cursor
from gateway.kit.lease import from_now, is_free, is_past, lease
from gateway.ledger.client import Database, plain, reading
from records.account import ACCOUNT, account_key

COUNTED_MAX = 10_000  # of single transactions, newest first: one outage may flip hundreds
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_NEWEST_FIRST = [("at", -1), ("_id", -1)]
_SINGLE = [kind.value for kind in OF_TRANSACTIONS]
_OTHERS = [kind.value for kind in AlertKind if kind not in OF_TRANSACTIONS]
LEASE_S = 30  # six attempts long; who dies in the middle of one delays it by this much
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """What people should know of."""

    pending: int
    dead: int


class AlertDocuments:
    """Everything may raise LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._alerts = database["alerts"]

    async def record(self, entries: Sequence[tuple[Alert, Progress]]) -> set[str]:
        """
        Write these down. Of one that is there already only a delivery that it does not know of is taken over.

        Returns:
            The webhook ids of those that were not there.
        """
        async with reading():
            done = await self._alerts.bulk_write([_to_upsert(*entry) for entry in entries], ordered=False)
        return set((done.upserted_ids or {}).values())

    async def claim(self, holder: str, kinds: Sequence[AlertKind], limit: int) -> list[tuple[Alert, Progress]]:
        """
        Lease those of these kinds that have been due longest and that nobody is delivering, for LEASE_S.

        Args:
            holder: Unlike that of any other claim.
            kinds: Which to look for.
            limit: Of how many.
        """
        is_due = {
            "state": AlertState.PENDING.value,
            "kind": {"$in": [kind.value for kind in kinds]},
            "$expr": {"$and": [is_past("next_at"), is_free("lease")]},
        }
        mine_now = lease(holder, lasts_s=LEASE_S)
        async with reading():
            due = await self._alerts.find(is_due, {"_id": 1}).sort("next_at", 1).limit(limit).to_list(limit)
            ids = [document["_id"] for document in due]
            if not ids:
                return []
            # others look at the same time: each alert is whose lease was written
            await self._alerts.update_many({"_id": {"$in": ids}, **is_due}, [{"$set": {"lease": mine_now}}])
            mine = self._alerts.find({"_id": {"$in": ids}, "lease.by": holder}).sort("next_at", 1)
            return [(_to_alert(found), _to_progress(found)) for found in await mine.to_list(limit)]

    async def settle(self, tried: Sequence[tuple[Alert, Progress]], *, holder: str) -> None:
        """Write down what became of the attempts. A delivery counts even when the lease ran out."""
        async with reading():
            await self._alerts.bulk_write([_to_settlement(*entry, holder=holder) for entry in tried], ordered=False)

    async def retry(self, webhook_id: str) -> Document | None:
        """
        Make it due now, with a day of its own, unless it was delivered.

        Returns:
            As it is afterwards; None when there is no such alert.
        """
        due = {
            "state": AlertState.PENDING.value,
            "attempts": 0,
            "next_at": "$$NOW",
            "give_up_at": from_now(GIVE_UP),
            "ended_at": None,
        }
        was_delivered = {"$eq": ["$state", AlertState.DELIVERED.value]}
        update = {"$replaceWith": {"$cond": [was_delivered, "$$ROOT", {"$mergeObjects": ["$$ROOT", due]}]}}
        async with reading():
            return await self._alerts.find_one_and_update(
                {"_id": webhook_id, **account_key()}, [update], return_document=ReturnDocument.AFTER
            )

    async def give_up_overdue(self) -> None:
        """End what was to be sent when its day is over: no receiver is set any more."""
        overdue = {**account_key(), "state": AlertState.PENDING.value, "$expr": is_past("give_up_at")}
        dead = {"state": AlertState.DEAD.value, "next_at": None, "lease": None, "ended_at": "$$NOW"}
        async with reading():
            await self._alerts.update_many(overdue, [{"$set": dead}])

    async def find(self, webhook_id: str) -> Document | None:
        """Find one alert, as it is stored."""
        async with reading():
            return await self._alerts.find_one({"_id": webhook_id, **account_key()})

    async def search(
        self, *, kind: str | None, key: str | None, state: str | None, cursor: str | None, limit: int
    ) -> tuple[list[Document], str | None]:
        """
        Find one page, newest first, and the cursor of the next: None on the last.

        Args:
            key: Of one thing, whatever kinds of alert it raised: found by their ids, which are made of kind and key.

        Raises:
            UnknownCursor: the cursor is not one of ours.
        """
        wanted = {"kind": kind, "state": state}
        query = account_key() | {name: word for name, word in wanted.items() if word is not None}
        if key is not None:
            query["_id"] = {"$in": [webhook_id(kind_of_key, key) for kind_of_key in AlertKind]}
        if cursor is not None:
            at_ms, last_id = read_cursor(cursor, tuple[TimeMs, str])
            at = to_time(at_ms)
            query |= {"at": {"$lte": at}, "$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": last_id}}]}
        async with reading():
            found: list[Document] = await (
                self._alerts.find(query).sort(_NEWEST_FIRST).limit(limit + 1).to_list(limit + 1)
            )
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], write_cursor(to_ms(last["at"]), last["_id"])

    async def find_folded(self, *, limit: int) -> list[tuple[Document, int]]:
        """
        Find the newest alerts, newest first, each with how many of its kind lie under it.

        Of single transactions all of one kind that were raised between two other alerts are one, the newest of them.
        """
        async with reading():
            newest = self._alerts.find({**account_key(), "kind": {"$in": _OTHERS}}).sort(_NEWEST_FIRST).limit(limit)
            others = await newest.to_list(limit)
            # others that are left out are older than these, and so is what was raised before them
            is_cut = len(others) == limit
            boundaries = sorted({_FIRST, _LAST, *(alert["at"] for alert in others)})
            run = {"kind": "$kind", "run": _run_of(boundaries)}
            later = {"at": {"$gte": boundaries[1]}} if is_cut else {}
            counted = self._alerts.aggregate(
                [
                    {"$match": {**account_key(), "kind": {"$in": _SINGLE}, **later}},
                    {"$sort": dict(_NEWEST_FIRST)},
                    {"$limit": COUNTED_MAX},
                    {"$group": {"_id": run, "n": {"$sum": 1}, "newest": {"$first": "$_id"}}},
                ]
            )
            under = {run["newest"]: int(run["n"]) - 1 for run in await counted.to_list(None)}
            found = await self._alerts.find({"_id": {"$in": list(under)}}).to_list(None)
        folded = [*((alert, 0) for alert in others), *((alert, under[alert["_id"]]) for alert in found)]
        folded.sort(key=lambda one: (one[0]["at"], one[0]["_id"]), reverse=True)
        return folded[:limit]

    async def count(self) -> AlertCounts:
        """Count those that are not delivered, from the index."""
        async with reading():
            pending, dead = [
                await self._alerts.count_documents({**account_key(), "state": state.value})
                for state in (AlertState.PENDING, AlertState.DEAD)
            ]
        return AlertCounts(pending, dead)


def _run_of(boundaries: list[datetime]) -> dict[str, Any]:
    """An expression: how many of the boundaries are not later than `at`."""
    return {"$size": {"$filter": {"input": boundaries, "cond": {"$lte": ["$$this", "$at"]}}}}


def _to_settlement(alert: Alert, progress: Progress, *, holder: str) -> UpdateOne:
    mine: dict[str, Any] = {"_id": alert.webhook_id, "state": {"$ne": AlertState.DELIVERED.value}}
    if progress.state is not AlertState.DELIVERED:
        mine["lease.by"] = holder
    return UpdateOne(mine, {"$set": _progress_to_document(progress)})


def _to_upsert(alert: Alert, progress: Progress) -> UpdateOne:
    fields = {
        "account": ACCOUNT,
        "kind": alert.kind.value,
        "key": alert.key,
        "data": dict(alert.data),
        "at": alert.at,
        **_progress_to_document(progress),
    }
    first: dict[str, Any] = {"$mergeObjects": ["$$ROOT", {"$literal": fields}]}
    if progress.state is AlertState.PENDING and progress.attempts == 0:
        first["$mergeObjects"].append({"next_at": "$$NOW"})  # due now, whatever this gateway's clock says
    branches = [{"case": {"$eq": [{"$type": "$state"}, "missing"]}, "then": first}]
    if progress.state is AlertState.DELIVERED:
        news = {"$mergeObjects": ["$$ROOT", {"$literal": _progress_to_document(progress)}]}
        branches.append({"case": {"$ne": ["$state", AlertState.DELIVERED.value]}, "then": news})
    return UpdateOne(
        {"_id": alert.webhook_id},
        [{"$replaceWith": {"$switch": {"branches": branches, "default": "$$ROOT"}}}],
        upsert=True,
    )


def _progress_to_document(progress: Progress) -> dict[str, Any]:
    return {
        "state": progress.state.value,
        "attempts": progress.attempts,
        "next_at": progress.next_at,
        "give_up_at": progress.give_up_at,
        "lease": None,
        "last_error": progress.last_error,
        "ended_at": progress.ended_at,
    }


def _to_alert(document: Document) -> Alert:
    data = plain(document["data"])
    return Alert(document["_id"], AlertKind(document["kind"]), document["key"], data, document["at"])


def _to_progress(document: Document) -> Progress:
    return Progress(
        state=AlertState(document["state"]),
        give_up_at=document["give_up_at"],
        next_at=document["next_at"],
        attempts=int(document["attempts"]),
        last_error=document["last_error"],
        ended_at=document["ended_at"],
    )
