"""A search reads indexes whatever is asked, finds each record once, and ends in time."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Decimal128

from gateway.domain import Decision
from gateway.errors import LedgerUnreadable, SearchesBusy, SearchTooSlow
from gateway.features.transactions import store as searching
from gateway.features.transactions.store import NEWEST_FIRST, Filters, choose_query, search
from gateway.ledger.client import Database, open_database
from gateway.ledger.migrations import migrate, new_holder
from gateway.settings import Settings
from records.account import LEDGER
from tests.processes import MongodProcess
from tests.stored import fill

RECORDS = 50_000
OLD_RECORDS = 2_000  # the oldest, and alone with their beginning
NEWEST_AT = datetime(2026, 11, 1, tzinfo=UTC)


def a_record(n: int) -> dict[str, Any]:
    """Number n of RECORDS, oldest first; four share each millisecond. One in three names no merchant."""
    prefix = "old" if n < OLD_RECORDS else "txn"
    return {
        "transaction_id": f"{prefix}_{n:05}",
        "user_id": f"user_{n % 2_500}",
        "merchant_id": None if n % 3 == 0 else f"merch_{n % 200}",
        "created_at": NEWEST_AT - timedelta(milliseconds=(RECORDS - n) // 4),
        "amount": Decimal128("12.50"),
        "verdict": {"decision": "block" if n % 100 == 0 else "approve", "scored": True},
    }


@pytest.fixture(scope="module")
def settings(mongod_url: str) -> Settings:
    """Of a ledger that is filled once, and that the tests here only read."""
    settings = settings_of(mongod_url)
    asyncio.run(migrated(settings))
    everything = [a_record(n) for n in range(RECORDS)]
    random.Random(6).shuffle(everything)  # the order in which they came helps nobody
    fill(settings, everything)
    return settings


async def migrated(settings: Settings) -> None:
    """Make its collections and indexes."""
    database = open_database(settings)
    await migrate(database, holder=new_holder())
    database.client.close()


def settings_of(mongodb_url: str) -> Settings:
    """A gateway's, on a database of its own."""
    chosen: dict[str, Any] = {"MONGODB_URL": mongodb_url, "ledger_database": f"fraud_ledger_{secrets.token_hex(6)}"}
    return Settings(**chosen)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The ledger, as a gateway asks it."""
    database = open_database(settings)
    yield database
    database.client.close()


async def pages(database: Database, filters: Filters, *, limit: int) -> list[str]:
    """All that is found, in order, page after page."""
    found, cursor = [], None
    while True:
        page = await search(database, filters, cursor=cursor, limit=limit)
        found += [document["transaction_id"] for document in page.documents]
        if (cursor := page.next_cursor) is None:
            return found


def begins(record: dict[str, Any], text: str) -> bool:
    """What `text` promises."""
    ids = (record["transaction_id"], record["user_id"], record["merchant_id"])
    return any(name is not None and name.startswith(text) for name in ids)


async def examined(database: Database, filters: Filters) -> int:
    """Records that MongoDB fetches for a first page of 50; it must not walk over the collection."""
    query = {
        "find": "transactions",
        "filter": await choose_query(database, filters),
        "sort": dict(NEWEST_FIRST),
        "limit": 51,
    }
    plan = await database.command("explain", query, verbosity="executionStats")
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    return int(plan["executionStats"]["totalDocsExamined"])


@pytest.mark.parametrize(
    ("text", "matches"),
    [("txn_31415", 1), ("nobody", 0), ("user_777", 20), ("user_77", 220), ("merch_19", 1_834), ("old_0", OLD_RECORDS)],
)
async def test_few_matches_cost_no_more_than_themselves(database: Database, text: str, matches: int) -> None:
    """Also when all of them are old: nobody walks over what is newer."""
    assert sum(begins(a_record(n), text) for n in range(RECORDS)) == matches

    assert await examined(database, Filters(text=text)) <= matches


@pytest.mark.parametrize("text", ["t", "txn_", "user", "u", "merch_1"])
async def test_a_beginning_that_many_share_costs_about_a_page(database: Database, text: str) -> None:
    """The newest are looked at until the page is full; nothing is sorted."""
    assert await examined(database, Filters(text=text)) <= 500


async def test_with_another_filter_the_narrower_index_is_read(database: Database) -> None:
    """A user's own records are few, whatever else is asked of them."""
    assert await examined(database, Filters(user_id="user_7", text="txn_")) <= RECORDS // 2_500


@pytest.mark.parametrize("text", ["user_12", "merch_12", "txn_4999", "old_01"])
@pytest.mark.parametrize("limit", [7, 500])
async def test_paging_finds_each_match_once_and_newest_first(database: Database, text: str, limit: int) -> None:
    """Also where several share a millisecond, which a page may end within."""
    expected = [a_record(n) for n in range(RECORDS) if begins(a_record(n), text)]

    found = await pages(database, Filters(text=text), limit=limit)

    assert sorted(found) == sorted(record["transaction_id"] for record in expected)
    times = {record["transaction_id"]: record["created_at"] for record in expected}
    assert [times[name] for name in found] == sorted(times.values(), reverse=True)


async def test_filters_hold_together(database: Database) -> None:
    """`text` takes nothing from the others."""
    found = await pages(database, Filters(text="user_1", decision=Decision.BLOCK), limit=500)

    expected = [a_record(n) for n in range(0, RECORDS, 100) if begins(a_record(n), "user_1")]
    assert sorted(found) == sorted(record["transaction_id"] for record in expected)


async def test_a_search_that_fills_no_page_in_time_says_so(mongod_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """MongoDB is well: the caller may narrow the search, and is not told that the ledger is away."""
    settings = settings_of(mongod_url)
    fill(settings, [{"user_id": "u"} for _ in range(100_000)])  # without any index
    database = open_database(settings)
    monkeypatch.setattr(searching, "_SEARCH_S_MAX", 0.01)
    monkeypatch.setattr(LEDGER, "are_everywhere", False)  # another test's ledger, of this process, may have been newer

    with pytest.raises(SearchTooSlow, match="created_from"):
        await search(database, Filters(text="other"), cursor=None, limit=50)

    database.client.close()


async def test_a_search_that_finds_no_turn_blames_the_others_and_not_the_ledger(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wrong with the ledger, and it may be asked again as soon as they are through."""
    others = asyncio.Semaphore(0)
    monkeypatch.setattr(searching, "_turn", others)

    with pytest.raises(SearchesBusy, match="Other searches"):
        await search(database, Filters(), cursor=None, limit=50)

    others.release()
    page = await search(database, Filters(), cursor=None, limit=50)
    assert len(page.documents) == 50
    assert not others.locked()


async def test_a_ledger_that_is_frozen_is_not_taken_for_a_slow_search(own_mongod: MongodProcess) -> None:
    """Narrowing would not help: the answer is that nothing can be looked up."""
    database = open_database(settings_of(own_mongod.url))
    await search(database, Filters(), cursor=None, limit=50)

    own_mongod.freeze()
    try:
        with pytest.raises(LedgerUnreadable):
            await search(database, Filters(text="t"), cursor=None, limit=50)
    finally:
        own_mongod.thaw()

    database.client.close()
