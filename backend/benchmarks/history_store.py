"""Fills a history store with what a week of Observe calls of a town would leave in it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from benchmarks.town import Town, merchant_id, user_id
from brain.domain import Event
from brain.history.documents import MERCHANTS, USERS, Document, encode
from brain.history.store import HistoryStore

DATABASE = "fraud_profiles"  # the brain's default

_BULK = 500  # documents of about 3 kB


async def fill(url: str, town: Town) -> None:
    """Make the collections and insert the history of every customer and terminal at the end of the world."""
    history = HistoryStore(url, DATABASE, read_budget_ms=1000)
    await history.prepare()
    history.close()
    end_ms = int(town.world.time_ms[-1]) + 1
    users = ((user_id(n), town.user_events(n, now_ms=end_ms)) for n in range(len(town.of_user)))
    merchants = ((merchant_id(n), town.merchant_events(n, now_ms=end_ms)) for n in range(len(town.of_merchant)))
    with MongoClient[dict[str, Any]](url) as client:
        _insert(client[DATABASE][USERS.collection], users)
        _insert(client[DATABASE][MERCHANTS.collection], merchants)


def _insert(collection: Collection[dict[str, Any]], histories: Iterable[tuple[str, list[Event]]]) -> None:
    documents = _documents(histories)
    while bulk := list(islice(documents, _BULK)):
        collection.insert_many(bulk, ordered=False)


def _documents(histories: Iterable[tuple[str, list[Event]]]) -> Iterator[Document]:
    now = datetime.now(UTC)
    for key, events in histories:
        if events:
            yield {"_id": key, "e": [encode(event) for event in events], "u": now}
