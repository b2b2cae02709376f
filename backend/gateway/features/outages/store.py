"""
Outages as MongoDB keeps them, collection `outages`: times when some gateway's circuit was not closed, or more than a
few of its verdicts had no score, or one that was made without history.

    _id, cause          a reason of blind verdicts, or an OutageCause
    from, to            `to` is missing while it lasts
    is_open             true while it lasts, then missing: a unique index admits one, however many gateways see it
    instances[]         gateways that saw it
    is_settled          whether its verdicts are, and its figures final
    report              those figures; before that they are counted from the transactions when somebody asks
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson.objectid import ObjectId

from gateway.features.outages.shortages import is_worse
from gateway.features.rescoring.store import SUSPECT
from gateway.kit import clock
from gateway.ledger.client import Database, TooSlow, giving_up, reading, upsert
from gateway.ledger.collections.transactions import DEGRADED_VERDICTS
from records.account import ACCOUNT, LEDGER, account_key

_PART_MIN = timedelta(seconds=10)  # 10,000 records at the most: what takes longer than that is not their number
_SUM_S_MAX = 1.0  # half of the budget of a question to the ledger
_UNSETTLED_MAX = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What an outage did. Amounts in hundredths of the reference currency.

    Attributes:
        blind: Verdicts that were given without a score.
        suspect: Verdicts whose score is suspect: an unhealthy brain gave it.
        degraded: Verdicts whose score was made without history.
        approved: Of the blind ones.
        approved_minor: What was approved blind.
        unpriced: Approved, in currencies without a rate: not in `approved_minor`.
        rescored: Of all, those that have a later score.
        flipped: Of these, those that it would have decided otherwise.
        flipped_minor: What those are worth.
        unscorable: Given up.
        open: Still to be scored.
    """

    blind: int = 0
    suspect: int = 0
    approved: int = 0
    approved_minor: int = 0
    unpriced: int = 0
    rescored: int = 0
    flipped: int = 0
    flipped_minor: int = 0
    unscorable: int = 0
    open: int = 0
    degraded: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """One of them. `ended_at` is None while it lasts; `report` is None until its figures are final."""

    id: ObjectId
    cause: str
    began_at: datetime
    ended_at: datetime | None
    instances: tuple[str, ...]
    is_settled: bool
    report: Figures | None


class OutageStore:
    """Writes outages down and finds them again. Everything raises LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database, *, instance: str) -> None:
        """Args: instance: this gateway's name."""
        self._database = database
        self._outages = database["outages"]
        self._transactions = database["transactions"]
        self._instance = instance

    async def begin(self, began_at: datetime, *, cause: str) -> Outage:
        """Find the outage that lasts, or begin a new one."""
        update: dict[str, Any] = {
            "$setOnInsert": {"account": ACCOUNT, "is_settled": False, "cause": cause},
            "$min": {"from": began_at},
            "$addToSet": {"instances": self._instance},
        }
        async with reading():
            begun = await upsert(self._outages, {**account_key(), "is_open": True}, update)
            if is_worse(cause, begun["cause"]):
                known = {"_id": begun["_id"], "cause": begun["cause"]}
                await self._outages.update_one(known, {"$set": {"cause": cause}})
                begun = {**begun, "cause": cause}
        return _to_outage(begun)

    async def end(self, outage_id: ObjectId, *, ended_at: datetime) -> None:
        """Write down that it is over, unless that is known."""
        async with reading():
            await self._outages.update_one(
                {"_id": outage_id, "is_open": True}, {"$set": {"to": ended_at}, "$unset": {"is_open": ""}}
            )

    async def add_past(self, began_at: datetime, ended_at: datetime, *, cause: str) -> None:
        """Add one of the time without a ledger; what others saw of the same time is the same outage."""
        overlapping = {
            **account_key(),
            "from": {"$lte": ended_at},
            "$or": [{"to": {"$gte": began_at}}, {"is_open": True}],
        }
        seen = {"$min": {"from": began_at}, "$addToSet": {"instances": self._instance}}
        async with reading():
            found = await self._outages.find_one(overlapping, sort=[("from", 1)])
            if found is not None:
                lasting = {} if found.get("is_open") else {"$max": {"to": ended_at}}
                recount = {"$set": {"is_settled": False}, "$unset": {"report": ""}}
                await self._outages.update_one({"_id": found["_id"]}, {**seen, **lasting, **recount})
                return
            first = {"account": ACCOUNT, "cause": cause, "is_settled": False, "instances": [self._instance]}
            await self._outages.update_one(  # found by its times, so that a repetition inserts nothing
                {**account_key(), "from": began_at, "to": ended_at},
                {"$setOnInsert": first},
                upsert=True,
            )

    async def unsettled(self) -> list[Outage]:
        """Find those whose figures are not final, newest first: the one that lasts, if any, and others."""
        async with reading():
            found = self._outages.find({**account_key(), "is_settled": False}).sort("from", -1).limit(_UNSETTLED_MAX)
            return [_to_outage(document) for document in await found.to_list(_UNSETTLED_MAX)]

    async def has_backlog(self, outage: Outage) -> bool:
        """Whether a verdict of its time is still to be scored."""
        query = {"account": ACCOUNT, "needs_rescore": True, "created_at": _during(outage)}
        older = {"debt": True, "created_at": _during(outage)}  # until the upgrade has given it the new name
        async with reading():
            if await self._transactions.find_one(query, {"_id": 1}, hint="account_oldest_unscored") is not None:
                return True
            return not LEDGER.are_everywhere and await self._transactions.find_one(older, {"_id": 1}) is not None

    async def report(self, outage: Outage, figures: Figures) -> bool:
        """Keep its figures. False where its times have changed since it was read: they are to be counted again."""
        report = {name: getattr(figures, name) for name in Figures.__slots__}
        async with reading():
            done = await self._outages.update_one(_as_read(outage), {"$set": {"report": report}})
        return done.matched_count == 1

    async def settle(self, outage: Outage) -> None:
        """Make the reported figures final, unless its times have changed since it was read."""
        async with reading():
            await self._outages.update_one(
                {**_as_read(outage), "report": {"$exists": True}}, {"$set": {"is_settled": True}}
            )

    async def find(self, outage_id: ObjectId) -> Outage | None:
        """Find one of them, or None."""
        async with reading():
            found = await self._outages.find_one({"_id": outage_id})
        return None if found is None else _to_outage(found)

    async def newest(self, *, before: tuple[datetime, ObjectId] | None, limit: int) -> list[Outage]:
        """List them newest first. Args: before: the last one of the page before."""
        query = account_key()
        if before is not None:
            query |= {
                "from": {"$lte": before[0]},
                "$or": [{"from": {"$lt": before[0]}}, {"from": before[0], "_id": {"$lt": before[1]}}],
            }
        async with reading():
            found = self._outages.find(query).sort([("from", -1), ("_id", -1)]).limit(limit)
            return [_to_outage(document) for document in await found.to_list(limit)]

    async def count(self, outage: Outage) -> Figures:
        """
        Count its figures as of now, from the records of its time.

        Millions of them take minutes, a second for each question: whoever cannot wait bounds it.

        Raises:
            LedgerUnreadable: the ledger is away, or so slow that it cannot add up ten seconds of an outage.
        """
        if outage.report is not None:
            return outage.report
        span = outage.began_at, outage.ended_at or clock.now()
        blind = await self._sum({"verdict.scored": False}, *span)
        suspect = await self._sum({"rescore_reason": SUSPECT, "verdict.scored": True}, *span)
        degraded = await self._sum({**DEGRADED_VERDICTS, "rescore_reason": {"$exists": False}}, *span)
        return Figures(
            blind=int(blind.get("all", 0)),
            suspect=int(suspect.get("all", 0)),
            degraded=int(degraded.get("all", 0)),
            approved=int(blind.get("approved", 0)),
            approved_minor=int(blind.get("approved_minor", 0)),
            unpriced=int(blind.get("unpriced", 0)),
            **{
                name: sum(int(part.get(name, 0)) for part in (blind, suspect, degraded))
                for name in ("rescored", "flipped", "flipped_minor", "unscorable", "open")
            },
        )

    async def _sum(self, query: Mapping[str, Any], since: datetime, until: datetime) -> Counter[str]:
        """Of the records decided between two times; in parts where all at once would take too long."""
        wanted = {**account_key(), **query, "created_at": {"$gte": since, "$lte": until}}
        async with reading():
            try:
                async with giving_up(self._database, after_s=_SUM_S_MAX):
                    found = await self._transactions.aggregate([{"$match": wanted}, _SUMS]).to_list(1)
                return Counter({name: int(n) for name, n in found[0].items() if name != "_id"} if found else {})
            except TooSlow:
                if until - since < _PART_MIN:
                    raise
        middle = clock.whole_ms(since + (until - since) / 2)
        first = await self._sum(query, since, middle)
        return first + await self._sum(query, middle + timedelta(milliseconds=1), until)


def _as_read(outage: Outage) -> dict[str, Any]:
    return {"_id": outage.id, "from": outage.began_at, "to": outage.ended_at}


def _during(outage: Outage) -> dict[str, datetime]:
    until = {} if outage.ended_at is None else {"$lte": outage.ended_at}
    return {"$gte": outage.began_at, **until}


def _if(condition: Any, value: Any = 1) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, value, 0]}}


_APPROVED = {"$eq": ["$verdict.decision", "approve"]}
_AMOUNT = ["$amount_reference_minor", "$exposed_minor"]  # the latter of records from before it was renamed
_WORTH = {"$ifNull": [*_AMOUNT, 0]}
_LAST = {"$arrayElemAt": ["$amendments", -1]}  # missing where there is none: then old and new are equal
_FLIPPED = {"$let": {"vars": {"last": _LAST}, "in": {"$ne": ["$$last.old", "$$last.new"]}}}
_SUMS = {
    "$group": {
        "_id": None,
        "all": {"$sum": 1},
        "approved": _if(_APPROVED),
        "approved_minor": _if(_APPROVED, _WORTH),
        "unpriced": _if({"$and": [_APPROVED, {"$eq": [{"$ifNull": [*_AMOUNT, None]}, None]}]}),
        "rescored": _if({"$gt": [{"$size": "$amendments"}, 0]}),
        "flipped": _if(_FLIPPED),
        "flipped_minor": _if(_FLIPPED, _WORTH),
        "unscorable": _if({"$ne": [{"$type": "$rescore_closed"}, "missing"]}),
        "open": _if({"$eq": ["$needs_rescore", True]}),
    }
}


def _to_outage(document: Mapping[str, Any]) -> Outage:
    report = document.get("report")
    instances: Sequence[str] = document.get("instances", ())
    return Outage(
        id=document["_id"],
        cause=document["cause"],
        began_at=document["from"],
        ended_at=document.get("to"),
        instances=tuple(instances),
        is_settled=document["is_settled"],
        report=None if report is None else _to_figures(report),
    )


def _to_figures(report: Mapping[str, Any]) -> Figures:
    """Also of an older or a newer version, which may have others."""
    return Figures(**{name: int(report[name]) for name in Figures.__slots__ if name in report})
