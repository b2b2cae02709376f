"""
What gateways counted, as MongoDB keeps it for all of them: collection `budget_scores`.

    _id                     account/name/version/slot/source
    account                 whose payments they were
    model { name, version, limits { review_threshold, block_threshold, may_block, own_labels } }
    slot, source            which ten minutes, of which run of which gateway
    ended_at                when they were over: 60 days later MongoDB removes them
    bins[], payments[]      how many scores fell into each bin of log-odds
    start { log_odds, since_s } or null     where the review threshold stood, see verdict/budgets/target.py
    shared_at               by the server's clock: gateways ask for what is newer than what they know

Written once and never changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from msgspec import convert
from pymongo import DESCENDING, UpdateOne

from gateway.domain import Limits
from gateway.ledger.client import Database, reading
from gateway.verdict.budgets.target import Start
from gateway.verdict.budgets.window import PAYMENTS_MAX, SLOT_S, Counts
from records.account import ACCOUNT, account_key

_log = structlog.get_logger()
_AT_ONCE = 500
_NEWEST_READ_SLOTS = 12  # two hours: the newest one does not count
_READ_MAX = 20_000  # what a start reads: one payment a slot makes 10,000, and there may be two models


@dataclass(frozen=True, slots=True)
class Shared:
    """What one run of a gateway counted in ten minutes, of one model."""

    name: str
    version: str
    limits: Limits
    start: Start | None
    slot: int
    source: str
    counts: Counts


class BudgetStore:
    """Everything raises LedgerUnreadable, and is safe to repeat."""

    def __init__(self, database: Database) -> None:
        self._scores = database["budget_scores"]

    async def share(self, counted: Sequence[Shared]) -> None:
        """Write these down, once."""
        updates = [_to_update(shared) for shared in counted]
        for at in range(0, len(updates), _AT_ONCE):
            async with reading():
                await self._scores.bulk_write(updates[at : at + _AT_ONCE], ordered=False)

    async def newest(self) -> tuple[list[Shared], datetime | None]:
        """As much as a threshold is taken from, newest first; and up to when that was shared, None when nothing was."""
        found: list[Mapping[str, Any]] = []
        shared: list[Shared] = []
        async with reading():
            cursor = self._scores.find(account_key(), batch_size=_AT_ONCE).sort("slot", DESCENDING).limit(_READ_MAX)
            documents = await cursor.to_list(_AT_ONCE)
        while documents:
            found += documents
            shared += _to_all_shared(documents)
            payments = sum(sum(one.counts.values()) for one in shared)
            if payments > 2 * PAYMENTS_MAX and found[0]["slot"] - found[-1]["slot"] > _NEWEST_READ_SLOTS:
                break
            async with reading():
                documents = await cursor.to_list(_AT_ONCE)
        return shared, _newest(found)

    async def since(self, shared_at: datetime) -> tuple[list[Shared], datetime | None]:
        """What was shared then or later, oldest first, and up to when; the rest, where there is more, the next time."""
        async with reading():
            found = (
                await self._scores.find({"shared_at": {"$gte": shared_at}})
                .sort("shared_at", 1)
                .limit(_READ_MAX)
                .to_list(_READ_MAX)
            )
        return _to_all_shared(found), _newest(found)

    async def forget(self, name: str, version: str, *, before: int) -> None:
        """Remove what no threshold of this model will be taken from any more: slots before this one."""
        async with reading():
            await self._scores.delete_many(
                {**account_key(), "model.name": name, "model.version": version, "slot": {"$lt": before}}
            )


def _newest(found: Sequence[Mapping[str, Any]]) -> datetime | None:
    return max((document["shared_at"] for document in found), default=None)


def _to_update(shared: Shared) -> UpdateOne:
    document = {
        "_id": f"{ACCOUNT}/{shared.name}/{shared.version}/{shared.slot}/{shared.source}",
        "account": ACCOUNT,
        "model": {"name": shared.name, "version": shared.version, "limits": asdict(shared.limits)},
        "slot": shared.slot,
        "source": shared.source,
        "ended_at": datetime.fromtimestamp((shared.slot + 1) * SLOT_S, UTC),
        "bins": list(shared.counts.keys()),
        "payments": list(shared.counts.values()),
        "start": None if shared.start is None else asdict(shared.start),
    }
    is_new = {"$eq": [{"$type": "$source"}, "missing"]}
    written = {"$mergeObjects": [{"$literal": document}, {"shared_at": "$$NOW"}]}
    return UpdateOne({"_id": document["_id"]}, [{"$replaceWith": {"$cond": [is_new, written, "$$ROOT"]}}], upsert=True)


def _to_all_shared(documents: Sequence[Mapping[str, Any]]) -> list[Shared]:
    """Those that can be read: what another version writes in another way must not keep the rest away."""
    found = []
    for document in documents:
        try:
            found.append(_to_shared(document))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            _log.warning("budgets.unreadable", id=document["_id"], error=type(error).__name__)
    return found


def _to_shared(document: Mapping[str, Any]) -> Shared:
    """Values are checked, not only names: a null would crash whoever counts with it, each second again."""
    model = document["model"]
    return Shared(
        name=model["name"],
        version=model["version"],
        limits=convert(model["limits"], Limits),
        start=convert(document["start"], Start | None),
        slot=int(document["slot"]),
        source=document["source"],
        counts=convert(dict(zip(document["bins"], document["payments"], strict=True)), dict[int, int]),
    )
