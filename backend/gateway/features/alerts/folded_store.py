"""Alerts for people: those of single transactions are folded, so that they push nothing out of sight."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.alerting import OF_TRANSACTIONS, AlertKind
from gateway.ledger.client import Collection
from gateway.ledger.reading import reading

COUNTED_MAX = 10_000  # of single transactions, newest first: one outage may flip hundreds
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_NEWEST_FIRST = {"at": -1, "_id": -1}
_SINGLE = [kind.value for kind in OF_TRANSACTIONS]
_OTHERS = [kind.value for kind in AlertKind if kind not in OF_TRANSACTIONS]
Document = Mapping[str, Any]


async def find_folded(alerts: Collection, *, limit: int) -> list[tuple[Document, int]]:
    """
    The newest alerts, newest first, each with how many of its kind lie under it.

    Of single transactions all of one kind that were raised between two other alerts are one, the newest of them.

    Raises:
        LedgerUnreadable
    """
    async with reading():
        newest = alerts.find({"kind": {"$in": _OTHERS}}).sort(list(_NEWEST_FIRST.items())).limit(limit)
        others = await newest.to_list(limit)
        # others that are left out are older than these, and so is what was raised before them
        is_cut = len(others) == limit
        boundaries = sorted({_FIRST, _LAST, *(alert["at"] for alert in others)})
        run = {"kind": "$kind", "run": _run_of(boundaries)}
        counted = alerts.aggregate(
            [
                {"$match": {"kind": {"$in": _SINGLE}} | ({"at": {"$gte": boundaries[1]}} if is_cut else {})},
                {"$sort": _NEWEST_FIRST},
                {"$limit": COUNTED_MAX},
                {"$group": {"_id": run, "n": {"$sum": 1}, "newest": {"$first": "$_id"}}},
            ]
        )
        under = {run["newest"]: int(run["n"]) - 1 for run in await counted.to_list(None)}
        found = await alerts.find({"_id": {"$in": list(under)}}).to_list(None)
    folded = [*((alert, 0) for alert in others), *((alert, under[alert["_id"]]) for alert in found)]
    folded.sort(key=lambda one: (one[0]["at"], one[0]["_id"]), reverse=True)
    return folded[:limit]


def _run_of(boundaries: list[datetime]) -> dict[str, Any]:
    """An expression: how many of the boundaries are not later than `at`."""
    return {"$size": {"$filter": {"input": boundaries, "cond": {"$lte": ["$$this", "$at"]}}}}
