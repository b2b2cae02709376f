"""How much stands in MongoDB."""

from dataclasses import dataclass
from datetime import datetime

from gateway.ledger.client import Database, TooSlow, giving_up, reading
from records.account import ACCOUNT, account_key

_COUNT_S_MAX = 1.0  # enough for some millions of records


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """
    Attributes:
        committed: Records.
        is_exact: False where there are too many to walk over: then it is the collection's own counter, which is
            wrong by some after a crash of MongoDB.
        conflicts: Records that came second.
        backlog: Verdicts, blind or degraded, that are still to be scored.
        oldest_backlog_at: When the one that waits longest was decided.
    """

    committed: int
    is_exact: bool
    conflicts: int
    backlog: int
    oldest_backlog_at: datetime | None


async def count(database: Database) -> LedgerCounts:
    """Count one by one where that is quick. Raises LedgerUnreadable."""
    async with reading():
        conflicts = await database["conflicts"].count_documents(account_key())
        backlogged, index = {"account": ACCOUNT, "needs_rescore": True}, "account_oldest_unscored"
        backlog = await database["transactions"].count_documents(backlogged, hint=index)
        oldest = await database["transactions"].find_one(
            backlogged, {"created_at": 1}, hint=index, sort=[("created_at", 1)]
        )
        is_exact = True
        try:
            async with giving_up(database, after_s=_COUNT_S_MAX):
                committed = await database["transactions"].count_documents({}, hint="_id_")
        except TooSlow:
            is_exact, committed = False, await database["transactions"].estimated_document_count()
    return LedgerCounts(
        committed=committed,
        is_exact=is_exact,
        conflicts=conflicts,
        backlog=backlog,
        oldest_backlog_at=oldest["created_at"] if oldest is not None else None,
    )
