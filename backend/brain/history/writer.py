"""Writes history durably and idempotently, with a bounded queue of calls."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from brain.domain import Event, Label, Query
from brain.history.documents import MERCHANTS, USERS, Document, Side, encode, update
from brain.history.errors import HistoryUnavailable
from brain.history.migrations import Database

log = structlog.get_logger()

CALLS_MAX = 2  # how many write at once: one fills the disk's queue while the other is prepared
CALLS_WAITING_MAX = 16  # at 2 s each while MongoDB is frozen, the last one has waited long enough


class HistoryWriter:
    """Turns observed transactions and labels into one bulk of updates per collection."""

    def __init__(self, database: Database) -> None:
        """Args: database: with the write concern that makes an acknowledged write durable."""
        self._database = database
        self._turn = asyncio.Semaphore(CALLS_MAX)
        self._calls = 0
        self._is_failing = False

    async def write(self, queries: Sequence[Query]) -> None:
        """
        Add transactions, each once, however often and through whichever brain it comes.

        Those whose amount has no reference value are left out.

        Raises:
            HistoryUnavailable: some may not be durable; send the same again.
        """
        await self._write_in_turn(*updates_of(queries))

    async def learn(self, labels: Sequence[Label]) -> None:
        """
        Add labels, and their transactions where the history does not have them yet.

        Raises:
            HistoryUnavailable: as for `write`.
        """
        await self._write_in_turn(*updates_of_labels(labels))

    async def _write_in_turn(self, users: list[UpdateOne], merchants: list[UpdateOne]) -> None:
        if self._calls >= CALLS_MAX + CALLS_WAITING_MAX:
            raise HistoryUnavailable("too many calls wait to write history")
        self._calls += 1
        try:
            async with self._turn:
                await self._write(users, merchants)
        except BulkWriteError as error:
            log.error("history.write_rejected", codes=_codes(error), users=len(users))  # noqa: TRY400 (its text quotes documents)
            raise HistoryUnavailable("history refused a part of this call") from None
        except PyMongoError as error:
            if not self._is_failing:
                log.warning("history.write_failed", error=type(error).__name__)
            self._is_failing = True
            raise HistoryUnavailable("history cannot be written at the moment") from None
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
    """Make one update for each user and each merchant, however many transactions they have."""
    batch = _Batch()
    for query in queries:
        batch.add(query)
    return batch.updates()


def updates_of_labels(labels: Sequence[Label]) -> tuple[list[UpdateOne], list[UpdateOne]]:
    """Make the updates for labelled transactions, likewise; the highest revision of each counts."""
    batch = _Batch()
    for label in sorted(labels, key=lambda label: label.revision):
        batch.add(label.query, label)
    return batch.updates()


class _Batch:
    """Groups events by user and by merchant, as they are stored."""

    def __init__(self) -> None:
        self._of_user: dict[str, list[Document]] = defaultdict(list)
        self._of_merchant: dict[str, list[Document]] = defaultdict(list)

    def add(self, query: Query, label: Label | None = None) -> None:
        if query.amount_minor is None:
            return
        facts = (query.transaction_id, query.time_ms, query.amount_minor)
        is_fraud, known_at_ms = (label.is_fraud, label.known_at_ms) if label is not None else (None, None)
        said = (is_fraud, known_at_ms, query.is_blocked)
        revision = label.revision if label is not None else 0
        of_user = Event(*facts, query.merchant_id or "", *said)
        self._of_user[query.user_id].append(encode(of_user, revision=revision))
        if query.merchant_id is not None:
            of_merchant = Event(*facts, query.user_id, *said)
            self._of_merchant[query.merchant_id].append(encode(of_merchant, revision=revision))

    def updates(self) -> tuple[list[UpdateOne], list[UpdateOne]]:
        return _updates(USERS, self._of_user), _updates(MERCHANTS, self._of_merchant)


def _updates(side: Side, events_of: dict[str, list[Document]]) -> list[UpdateOne]:
    return [UpdateOne({"_id": key}, update(side, events), upsert=True) for key, events in events_of.items()]


async def _bulk(collection: AsyncIOMotorCollection[dict[str, Any]], updates: list[UpdateOne]) -> None:
    if updates:
        await collection.bulk_write(updates, ordered=False)


def _codes(error: BulkWriteError) -> list[int]:
    problems = error.details.get("writeErrors", []) + error.details.get("writeConcernErrors", [])
    return sorted({problem.get("code", 0) for problem in problems})
