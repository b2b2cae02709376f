"""Writes history: durable, idempotent, bounded in how much may wait."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from brain.history import Event, Query
from brain.profiles.documents import MERCHANTS, USERS, Side, update
from brain.profiles.errors import ProfilesUnavailable
from brain.profiles.migrations import Database

log = structlog.get_logger()

CALLS_MAX = 2  # that write at once: one fills the disk's queue while the other is prepared
CALLS_WAITING_MAX = 16  # at 2 s each while MongoDB is frozen, the last one has waited long enough


class HistoryWriter:
    """Turns what was observed into one bulk of updates per collection."""

    def __init__(self, database: Database) -> None:
        """Args: database: with the write concern that makes an acknowledged write durable."""
        self._database = database
        self._turn = asyncio.Semaphore(CALLS_MAX)
        self._calls = 0
        self._is_failing = False

    async def write(self, queries: Sequence[Query]) -> None:
        """
        Make transactions history: each once, however often and through whichever brain it comes.

        Those whose amount has no reference value are left out.

        Raises:
            ProfilesUnavailable: not everything is known to be durable; send the same again.
        """
        if self._calls >= CALLS_MAX + CALLS_WAITING_MAX:
            raise ProfilesUnavailable("too many calls wait to write history")
        self._calls += 1
        try:
            async with self._turn:
                await self._write(*updates_of(queries))
        except BulkWriteError as error:
            log.error("profiles.write_rejected", codes=_codes(error), transactions=len(queries))  # noqa: TRY400 (its text quotes documents)
            raise ProfilesUnavailable("history refused a part of this call") from None
        except PyMongoError as error:
            if not self._is_failing:
                log.warning("profiles.write_failed", error=type(error).__name__)
            self._is_failing = True
            raise ProfilesUnavailable("history cannot be written at the moment") from None
        finally:
            self._calls -= 1
        self._is_failing = False

    async def _write(self, users: list[UpdateOne], merchants: list[UpdateOne]) -> None:
        results = await asyncio.gather(
            _bulk(self._database[USERS.collection], users),
            _bulk(self._database[MERCHANTS.collection], merchants),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result


def updates_of(queries: Sequence[Query]) -> tuple[list[UpdateOne], list[UpdateOne]]:
    """One update for each user and one for each merchant, however many transactions they have."""
    of_user: dict[str, list[Event]] = defaultdict(list)
    of_merchant: dict[str, list[Event]] = defaultdict(list)
    for query in queries:
        if query.amount_minor is None:
            continue
        facts = (query.transaction_id, query.time_ms, query.amount_minor)
        of_user[query.user_id].append(Event(*facts, query.merchant_id or ""))
        if query.merchant_id is not None:
            of_merchant[query.merchant_id].append(Event(*facts, query.user_id))
    return _updates(USERS, of_user), _updates(MERCHANTS, of_merchant)


def _updates(side: Side, events_of: dict[str, list[Event]]) -> list[UpdateOne]:
    return [UpdateOne({"_id": key}, update(side, events), upsert=True) for key, events in events_of.items()]


async def _bulk(collection: AsyncIOMotorCollection[dict[str, Any]], updates: list[UpdateOne]) -> None:
    if updates:
        await collection.bulk_write(updates, ordered=False)


def _codes(error: BulkWriteError) -> list[int]:
    problems = error.details.get("writeErrors", []) + error.details.get("writeConcernErrors", [])
    return sorted({problem.get("code", 0) for problem in problems})
