"""Search over the records, newest first, one page at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128
from bson.objectid import ObjectId

from gateway.errors import SearchesBusy, SearchTooSlow
from gateway.kit import clock
from gateway.kit.cursors import ObjectIdText, TimeMs, read_cursor, to_ms, to_time, write_cursor
from gateway.ledger.client import Database, TooSlow, giving_up, reading
from gateway.review import ReviewState, in_state
from records.account import account_key

# A search over millions of records takes a thread for seconds: more of them at once held up the writes of verdicts.
_turn = asyncio.Semaphore(4)
_TURN_S_MAX = 1.0  # with a question's 2 s it is below the 4 s for which the dashboard waits
_SEARCH_S_MAX = 1.5
_FEW_MAX = 5_000  # fetched and sorted in a tenth of a second
_INDEXES_OF_IDS = ("account_transaction_id", "account_user", "account_merchant")
NEWEST_FIRST = [("created_at", -1), ("_id", -1)]


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What to look for; None means any. Ranges include their ends.

    Attributes:
        flipped: Whether the newest later score would have decided otherwise.
        text: Begins an id of any kind, in its own case.
    """

    user_id: str | None = None
    merchant_id: str | None = None
    decision: str | None = None
    scored: bool | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    review: ReviewState | None = None
    flipped: bool | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Records, and the cursor of the next page: None on the last one."""

    documents: list[Mapping[str, Any]]
    next_cursor: str | None


async def search(database: Database, filters: Filters, *, cursor: str | None, limit: int) -> Page:
    """
    Find one page of records.

    Raises:
        UnknownCursor: the cursor is not one of ours.
        SearchTooSlow: the ledger is well, and has not found a page within 1.5 s.
        SearchesBusy: no turn came within 1 s.
        LedgerFailure: the ledger is away.
    """
    older: list[dict[str, Any]] = []
    if cursor is not None:
        time_ms, record_id = read_cursor(cursor, tuple[TimeMs, ObjectIdText])
        older = _after(to_time(time_ms), ObjectId(record_id))
    async with _in_turn(), reading():
        try:
            async with giving_up(database, after_s=_SEARCH_S_MAX):
                query = await choose_query(database, filters)
                both = [*query.pop("$and", []), *older]
                query |= {"$and": both} if both else {}
                # nothing else to be tried: of a text that many share MongoDB would try dozens of ways
                is_walked = filters.text is not None and query.keys() & {"account", "user_id", "merchant_id"} == {
                    "account"
                }
                hint = "account_newest" if is_walked else None
                found = database["transactions"].find(query, hint=hint).sort(NEWEST_FIRST).limit(limit + 1)
                documents: list[Mapping[str, Any]] = await found.to_list(limit + 1)
        except TooSlow:
            detail = (
                f"No page was full after {_SEARCH_S_MAX} s of looking. Narrow it with created_from or a longer text."
            )
            raise SearchTooSlow(detail) from None
    if len(documents) <= limit:
        return Page(documents, None)
    last = documents[limit - 1]
    return Page(documents[:limit], write_cursor(to_ms(last["created_at"]), str(last["_id"])))


@contextlib.asynccontextmanager
async def _in_turn() -> AsyncIterator[None]:
    """Before `reading`, which bounds the question: else who waited long was told that the ledger is away."""
    try:
        async with asyncio.timeout(_TURN_S_MAX):
            await _turn.acquire()
    except TimeoutError:
        raise SearchesBusy(f"Other searches kept the ledger busy for {_TURN_S_MAX:g} s. Try again.") from None
    try:
        yield
    finally:
        _turn.release()


async def choose_query(database: Database, filters: Filters) -> dict[str, Any]:
    """
    Ask in MongoDB's words, and so that it reads the index that has least to be read.

    An id's beginning that few records share is looked for in the indexes of ids, one by one, and then those records are
    the question. One that many share is looked for from the newest record on, until a page is full. MongoDB would
    choose by itself if those indexes did not all begin with the account; as it is it tries dozens of ways.
    """
    query = to_query(filters)
    has_own_index = filters.user_id is not None or filters.merchant_id is not None
    if filters.text is not None and not has_own_index and account_key():
        records = await _few_that_begin_with(database, filters.text)
        if records is not None:
            return {**query, "_id": {"$in": records}}
    return query | account_key()


async def _few_that_begin_with(database: Database, text: str) -> list[ObjectId] | None:
    """Find the records with an id that begins so; None where they are too many to be fetched and sorted."""
    found: set[ObjectId] = set()
    for branch, index in zip(_begins_with(text)["$or"], _INDEXES_OF_IDS, strict=True):
        some = database["transactions"].find(branch, {"_id": 1}, hint=index).limit(_FEW_MAX)
        found |= {record["_id"] for record in await some.to_list(_FEW_MAX)}
        if len(found) >= _FEW_MAX:
            return None
    return list(found)


def to_query(filters: Filters) -> dict[str, Any]:
    """Say it in MongoDB's words, without the account."""
    equal = {
        "user_id": filters.user_id,
        "verdict.decision": filters.decision,
        "verdict.scored": filters.scored,
    }
    query: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
    if filters.merchant_id is not None:
        # The type says nothing new, but without it MongoDB does not see that the index of merchants, which leaves out
        # what has none, has all of these: it walked over every record, newest first.
        query["merchant_id"] = {"$eq": filters.merchant_id, "$type": "string"}
    amounts = {"$gte": filters.amount_min, "$lte": filters.amount_max}
    if bounds := {op: Decimal128(value) for op, value in amounts.items() if value is not None}:
        query["amount"] = bounds
    times = {"$gte": filters.created_from, "$lte": filters.created_to}
    if bounds_s := {op: value for op, value in times.items() if value is not None}:
        query["created_at"] = bounds_s
    both = [in_state(filters.review, at=clock.LEDGER.best())] if filters.review is not None else []
    if filters.flipped is not None:
        differs: dict[str, Any] = {"$ne": [{"$last": "$amendments.old"}, {"$last": "$amendments.new"}]}
        both.append({"$expr": differs if filters.flipped else {"$not": [differs]}})
    if filters.text is not None:
        both.append(_begins_with(filters.text))
    return query | ({"$and": both} if both else {})


def _after(created_at: datetime, record_id: ObjectId) -> list[dict[str, Any]]:
    """Older ones. The time is said by itself, too: so the index is entered where the page before ended."""
    older: list[dict[str, Any]] = [{"created_at": {"$lt": created_at}}]
    return [
        {"created_at": {"$lte": created_at}},
        {"$or": [*older, {"created_at": created_at, "_id": {"$lt": record_id}}]},
    ]


def _begins_with(text: str) -> dict[str, Any]:
    """
    Records with an id that begins so: ranges of the ids' indexes, which know no patterns and so need no escapes.

    No index has them newest first: see choose_query. Few matches cost no more than themselves, and a beginning that all
    share a page. The worst is in between: very many matches that are all older than the rest. Enough of those are too
    many: SearchTooSlow.
    """
    begins = {"$gte": text, "$lt": text[:-1] + _following(text[-1])}
    # one branch without an index, and none is used: $type is said for the same reason as above
    ids = {"transaction_id": begins, "user_id": begins, "merchant_id": begins | {"$type": "string"}}
    return {"$or": [{**account_key(), name: range_} for name, range_ in ids.items()]}


def _following(character: str) -> str:
    """The next character; surrogates, which are none, are passed over."""
    code = ord(character) + 1
    return chr(0xE000 if 0xD800 <= code < 0xE000 else code)
