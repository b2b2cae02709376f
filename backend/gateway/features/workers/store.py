"""
What workers share in MongoDB, and what they read there of gateways.

Collection `job_leases`, one document for each job that one worker does at a time:

    _id             the job
    lease           {by, until} by the server's clock; null once its holder has ended
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from gateway.errors import LedgerUnreadable
from gateway.features.fleet.store import ALIVE, INSTANCES_MAX, WORKER, Document
from gateway.kit.lease import NOW, is_free, is_older, is_past, lease
from gateway.ledger.client import Database, reading
from records.account import ACCOUNT, account_key

LEASE_S = 15.0  # so long a job rests when its worker dies
BACKLOG_FRESH_S = 5.0  # 5 ms of mongod's for 10,000 records that wait
_RENEW_S = 5.0  # two renewals may fail before another worker takes over
_LOOKED_AT_MAX = 100  # of the verdicts that wait longest: most of more may wait for their next try
_COUNT_MAX = 100_000  # past it, how many more does not matter
_READ = {"journal": 1, "journal_pending": 1, "is_alive": {"$not": [is_older("seen_at", ALIVE)]}}


class JobLeases:
    """
    Decides which worker does a job. All jobs are safe to repeat: two at once cost work, and nothing else.

    Args:
        holder: Unlike the name of any other worker.
    """

    def __init__(self, database: Database, *, holder: str) -> None:
        self._leases = database["job_leases"]
        self._holder = holder
        self._renew_at_s: dict[str, float] = {}

    @property
    def held(self) -> list[str]:
        """The jobs of this worker."""
        return sorted(self._renew_at_s)

    async def take(self, job: str) -> bool:
        """
        Take a job, or keep it.

        Returns:
            Whether it is this worker's for the next seconds.

        Raises:
            LedgerUnreadable: nobody can know.
        """
        now_s = monotonic()
        if now_s < self._renew_at_s.get(job, 0.0):
            return True
        self._renew_at_s.pop(job, None)
        is_mine_or_free = {"$or": [{"$eq": ["$lease.by", {"$literal": self._holder}]}, is_free("lease")]}
        taken = {"$cond": [is_mine_or_free, lease(self._holder, lasts_s=LEASE_S), "$lease"]}
        async with reading():
            try:
                found = await self._leases.find_one_and_update(
                    {"_id": job}, [{"$set": {"lease": taken}}], upsert=True, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError:  # another worker took it at this moment, for the first time ever
                return False
        is_mine = bool(found["lease"]["by"] == self._holder)
        if is_mine:
            self._renew_at_s[job] = now_s + _RENEW_S
        return is_mine

    async def start(self) -> None:
        """Take nothing yet: a job is taken when it is due."""

    async def close(self) -> None:
        """Leave all jobs to the others at once, where that is possible; else their leases end by themselves."""
        self._renew_at_s.clear()
        with contextlib.suppress(LedgerUnreadable):
            async with reading():
                await self._leases.update_many({"lease.by": self._holder}, {"$set": {"lease": None}})


@dataclass(frozen=True, slots=True)
class Backlog:
    """
    What waits for a worker; _COUNT_MAX of each at most.

    Attributes:
        unscored: Verdicts that are still to be scored.
        alerts: Alerts that are to be sent, and flips that are to be made alerts.
    """

    unscored: int
    alerts: int


async def count_backlog(database: Database) -> Backlog:
    """Count what waits. Raises LedgerUnreadable."""
    transactions = database["transactions"]
    async with reading():
        alerts = await database["alerts"].count_documents({**account_key(), "state": "pending"}, limit=_COUNT_MAX)
        return Backlog(
            unscored=await transactions.count_documents(
                {"needs_rescore": True}, limit=_COUNT_MAX, hint="needs_rescore"
            ),
            alerts=alerts + await transactions.count_documents({"alert_pending": True}, limit=_COUNT_MAX),
        )


async def oldest_waiting_s(database: Database) -> float | None:
    """
    Find how long the oldest verdict waits that a worker could score now, in seconds; None where there is none.

    Raises:
        LedgerUnreadable: nobody can know.
    """
    is_due = {"$and": [is_free("rescore_lease"), is_past("rescore_retry_at")]}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"account": ACCOUNT, "needs_rescore": True}},
        {"$sort": {"created_at": ASCENDING}},
        {"$limit": _LOOKED_AT_MAX},
        {"$match": {"$expr": is_due}},
        {"$limit": 1},
        {"$project": {"created_at": 1, "now": NOW}},
    ]
    async with reading():
        found = await database["transactions"].aggregate(pipeline, hint="account_oldest_unscored").to_list(1)
    return (found[0]["now"] - found[0]["created_at"]).total_seconds() if found else None


async def journals_are_empty(database: Database) -> bool:
    """
    Ask for the gateways of the last hour; older heartbeats are forgotten.

    Raises:
        LedgerUnreadable: nobody can know.
    """
    async with reading():
        gateways = database["instances"].find({"role": {"$ne": WORKER}}, _READ)
        return nothing_waits(await gateways.sort("seen_at", DESCENDING).to_list(INSTANCES_MAX))


def nothing_waits(beats: Sequence[Document]) -> bool:
    """
    Whether a gateway lives and no journal holds verdicts that MongoDB lacks.

    A gateway that died counts until its journal is taken up by another: its next start brings what waits there.

    Args:
        beats: Heartbeats of gateways, newest first, with `is_alive`. Older versions name no journal.
    """
    newest = {beat.get("journal") or beat["_id"]: beat for beat in reversed(beats)}
    return any(beat["is_alive"] for beat in beats) and not any(beat.get("journal_pending") for beat in newest.values())
