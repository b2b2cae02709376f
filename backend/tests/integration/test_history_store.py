"""History in a real MongoDB: idempotent, bounded, order does not matter, nobody's text is a command."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import WriteError

from brain.domain import MERCHANT_EVENTS_MAX, USER_EVENTS_MAX, Event, Query
from brain.history import cache, documents
from brain.history.documents import LATE_DAYS
from brain.history.store import HistoryStore
from tests.brain_calls import HOUR_MS, NOON_MS

DAY_MS = 24 * HOUR_MS
BUDGET_MS = 2000  # these tests are about what is read, not how fast


@pytest.fixture
def database_name(fresh_databases: Mapping[str, str]) -> str:
    """An empty database of this test."""
    return fresh_databases["BRAIN_PROFILES_DATABASE"]


@pytest.fixture
def stored(mongod_url: str, database_name: str) -> Iterator[Any]:
    """The same database, as an operator would look at it; dropped in the end."""
    with MongoClient[dict[str, Any]](mongod_url) as client:
        yield client[database_name]
        client.drop_database(database_name)


@pytest.fixture
async def store(mongod_url: str, database_name: str, stored: Any) -> AsyncIterator[HistoryStore]:
    """The history of one brain, migrated."""
    store = HistoryStore(mongod_url, database_name, read_budget_ms=BUDGET_MS)
    await store.prepare()
    yield store
    store.close()


@pytest.fixture
async def other_brain(mongod_url: str, database_name: str, store: HistoryStore) -> AsyncIterator[HistoryStore]:
    """The history of a second brain on the same database."""
    other = HistoryStore(mongod_url, database_name, read_budget_ms=BUDGET_MS)
    yield other
    other.close()


def a_query(
    transaction_id: str,
    *,
    user_id: str = "user_1",
    merchant_id: str | None = "merchant_1",
    time_ms: int = NOON_MS,
    amount_minor: int | None = 100,
) -> Query:
    """A payment that now stands in the ledger, or is to be scored."""
    return Query(transaction_id, time_ms, amount_minor, user_id, merchant_id)


async def history_of(store: HistoryStore, query: Query) -> tuple[list[Event], list[Event]]:
    """What a score of this query would see."""
    (user,), (merchant,) = await store.read([query])
    assert user is not None
    assert merchant is not None
    return list(user), list(merchant)


async def test_what_was_observed_is_read_back_on_both_sides(store: HistoryStore) -> None:
    """The user's history names the merchant, the merchant's the user."""
    await store.write([a_query("t1", amount_minor=12_345)])

    user, merchant = await history_of(store, a_query("t2", time_ms=NOON_MS + 1))

    assert user == [Event("t1", NOON_MS, 12_345, "merchant_1")]
    assert merchant == [Event("t1", NOON_MS, 12_345, "user_1")]


async def test_strangers_have_an_empty_history(store: HistoryStore) -> None:
    """Empty is an answer: it is not the same as unreadable."""
    assert await history_of(store, a_query("t1", user_id="stranger")) == ([], [])


async def test_a_payment_without_a_merchant_is_history_of_its_user_alone(store: HistoryStore, stored: Any) -> None:
    """No document is made for nobody."""
    await store.write([a_query("t1", merchant_id=None)])

    user, merchant = await history_of(store, a_query("t2", merchant_id=None))

    assert user == [Event("t1", NOON_MS, 100, "")]
    assert merchant == []
    assert stored.merchants.count_documents({}) == 0


async def test_an_amount_without_a_reference_value_is_left_out(store: HistoryStore, stored: Any) -> None:
    """It cannot be compared, so it is not kept; its neighbours are."""
    await store.write([a_query("t1", amount_minor=None), a_query("t2")])

    assert [event["i"] for event in stored.users.find_one()["e"]] == ["t2"]


async def test_twenty_concurrent_duplicates_are_one_event(store: HistoryStore, other_brain: HistoryStore) -> None:
    """Retries of one Observe through two brains at once count once, from an empty database on."""
    observed = [a_query(f"t{n}", user_id=f"user_{n % 3}", merchant_id=f"merchant_{n % 2}") for n in range(12)]

    await asyncio.gather(
        *(brain.write(random.sample(observed, 12)) for _ in range(10) for brain in (store, other_brain))
    )

    users, merchants = await store.read(
        [a_query(f"q{n}", user_id=f"user_{n}", merchant_id=f"merchant_{n % 2}") for n in range(3)]
    )
    assert sorted(event.transaction_id for events in users for event in events or ()) == sorted(
        query.transaction_id for query in observed
    )
    assert sorted(event.transaction_id for events in merchants[:2] for event in events or ()) == sorted(
        query.transaction_id for query in observed
    )


async def test_the_first_word_on_a_transaction_stands(store: HistoryStore) -> None:
    """A later Observe of the same id with another amount changes nothing."""
    await store.write([a_query("t1", amount_minor=100)])
    await store.write([a_query("t1", amount_minor=999)])

    user, _ = await history_of(store, a_query("t2"))

    assert [event.amount_minor for event in user] == [100]


async def test_the_order_of_arrival_does_not_matter(store: HistoryStore, stored: Any) -> None:
    """Three users observe the same 40 events in three orders and splits: the documents are the same."""
    facts = [(f"t{n}", NOON_MS - n * DAY_MS) for n in range(40)]
    for user_id, order in (("a", facts), ("b", facts[::-1]), ("c", random.sample(facts, len(facts)))):
        queries = [a_query(name, user_id=user_id, merchant_id=None, time_ms=at) for name, at in order]
        for start in range(0, len(queries), 7):
            await store.write(queries[start : start + 7])

    kept = {user["_id"]: [(event["i"], event["t"]) for event in user["e"]] for user in stored.users.find()}

    assert kept["a"] == kept["b"] == kept["c"]
    assert kept["a"] == [(name, at) for name, at in facts if at >= NOON_MS - (30 + LATE_DAYS) * DAY_MS]


async def test_a_time_in_the_future_does_not_empty_a_history(store: HistoryStore) -> None:
    """One event of the year 2099 is kept without pushing real ones out of the window."""
    await store.write([a_query("real", time_ms=int(time.time() * 1000) - HOUR_MS, merchant_id=None)])
    await store.write([a_query("absurd", time_ms=4_070_908_800_000, merchant_id=None)])

    user, _ = await history_of(store, a_query("t2", merchant_id=None))

    assert {event.transaction_id for event in user} == {"real", "absurd"}


async def test_histories_are_bounded_to_the_newest(store: HistoryStore, stored: Any) -> None:
    """A busy user and a busy merchant keep as many events as features look at, and no more."""
    count = MERCHANT_EVENTS_MAX + 10
    queries = [a_query(f"t{n}", time_ms=NOON_MS + n) for n in range(count)]
    for start in range(0, count, 100):
        await store.write(queries[start : start + 100])

    user, merchant = stored.users.find_one(), stored.merchants.find_one()

    assert [event["t"] for event in user["e"]] == [NOON_MS + count - 1 - n for n in range(USER_EVENTS_MAX)]
    assert [event["t"] for event in merchant["e"]] == [NOON_MS + count - 1 - n for n in range(MERCHANT_EVENTS_MAX)]


@pytest.mark.parametrize("name", ["$e", "$$NOW", "$$ROOT", "a.b", "\x00", "|", "日本"])
async def test_ids_are_text_whatever_they_look_like(store: HistoryStore, name: str) -> None:
    """An id is never taken for a path, a variable or another merchant's key."""
    await store.write([a_query(name, user_id=name, merchant_id=name)])
    await store.write([a_query("other", user_id=name, merchant_id=name)])

    user, merchant = await history_of(store, a_query("q", user_id=name, merchant_id=name))

    assert {(event.transaction_id, event.counterparty) for event in user} == {(name, name), ("other", name)}
    assert {(event.transaction_id, event.counterparty) for event in merchant} == {
        (name, name),
        ("other", name),
    }


async def test_labels_that_stand_in_a_history_are_read(store: HistoryStore, stored: Any) -> None:
    """What an event turned out to be survives a second Observe of the same transaction."""
    labelled = Event("t1", NOON_MS, 100, "merchant_1", is_fraud=True, known_at_ms=NOON_MS + DAY_MS)
    await store.write([a_query("t0", merchant_id=None)])
    stored.users.update_one({"_id": "user_1"}, {"$push": {"e": documents.encode(labelled)}})

    await store.write([a_query("t1"), a_query("t2", merchant_id=None)])

    user, _ = await history_of(store, a_query("q"))
    assert labelled in user
    assert {event.transaction_id for event in user} == {"t0", "t1", "t2"}


async def test_brains_that_start_together_migrate_once(mongod_url: str, database_name: str, stored: Any) -> None:
    """Five first starts at the same moment leave one record a step, validators and indexes, and no error."""
    brains = [HistoryStore(mongod_url, database_name, read_budget_ms=BUDGET_MS) for _ in range(5)]

    await asyncio.gather(*(brain.prepare() for brain in brains))

    for brain in brains:
        brain.close()
    assert [step["_id"] for step in stored.schema_migrations.find()] == [1, 2, 3]
    assert set(stored.users.index_information()) == {"_id_", "idle"}
    assert set(stored.merchants.index_information()) == {"_id_", "idle"}
    with pytest.raises(WriteError):
        stored.users.insert_one({"_id": "user_1", "e": [{"i": "t1"}], "u": None})


async def test_what_another_brain_observed_shows_within_seconds(store: HistoryStore, other_brain: HistoryStore) -> None:
    """A reading that is in use is renewed in the background: it answers at once, the next one is newer."""
    assert await history_of(store, a_query("q")) == ([], [])
    await other_brain.write([a_query("t1")])
    await asyncio.sleep(cache.FRESH_S)

    older, _ = await history_of(store, a_query("q"))
    await asyncio.sleep(0.2)
    newer, _ = await history_of(store, a_query("q"))

    assert ids(older) == []
    assert ids(newer) == ["t1"]


async def test_a_batch_is_read_in_the_order_of_its_queries(store: HistoryStore) -> None:
    """Repeated and mixed users and merchants each get their own."""
    await store.write([a_query(f"t{n}", user_id=f"u{n}", merchant_id=f"m{n}") for n in range(4)])
    asked = [(3, 0), (0, 3), (3, 3), (1, 2), (9, 9)]

    users, merchants = await store.read(
        [a_query("q", user_id=f"u{user}", merchant_id=f"m{merchant}") for user, merchant in asked]
    )

    assert [ids(events) for events in users] == [["t3"], ["t0"], ["t3"], ["t1"], []]
    assert [ids(events) for events in merchants] == [["t0"], ["t3"], ["t3"], ["t2"], []]


def ids(events: Sequence[Event] | None) -> list[str]:
    """The transactions of a history."""
    assert events is not None
    return [event.transaction_id for event in events]
