"""Labels in a real history: in any order with their transactions, the highest revision stands, seen when known."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from pymongo import MongoClient

from brain.domain import Event, Label, Query
from brain.history.store import HistoryStore
from protos import fraud_pb2
from tests.brain_calls import HOUR_MS, NOON_MS, a_transaction, calling
from tests.processes import BrainProcess

DAY_MS = 24 * HOUR_MS


@pytest.fixture
def stored(mongod_url: str, fresh_databases: Mapping[str, str]) -> Iterator[Any]:
    """The database of the history, as an operator would look at it; dropped in the end."""
    with MongoClient[dict[str, Any]](mongod_url) as client:
        yield client[fresh_databases["BRAIN_PROFILES_DATABASE"]]
        client.drop_database(fresh_databases["BRAIN_PROFILES_DATABASE"])


@pytest.fixture
async def store(mongod_url: str, stored: Any) -> AsyncIterator[HistoryStore]:
    """The history of one brain, migrated."""
    store = HistoryStore(mongod_url, stored.name, read_budget_ms=2000)
    await store.prepare()
    yield store
    store.close()


def a_query(transaction_id: str, *, time_ms: int = NOON_MS, merchant_id: str | None = "merchant_1") -> Query:
    """A payment that stands in the ledger, or is to be scored."""
    return Query(transaction_id, time_ms, 100, "user_1", merchant_id)


def a_label(transaction_id: str, *, is_fraud: bool = True, days_later: float = 7, revision: int = 1) -> Label:
    """What that payment turned out to be."""
    return Label(a_query(transaction_id), is_fraud, NOON_MS + round(days_later * DAY_MS), revision)


async def events_of(store: HistoryStore) -> tuple[list[Event], list[Event]]:
    """The user's and the merchant's history."""
    (user,), (merchant,) = await store.read([a_query("q")])
    assert user is not None
    assert merchant is not None
    return list(user), list(merchant)


async def test_a_label_reaches_both_histories(store: HistoryStore) -> None:
    """The user's and the merchant's event both say what the payment was, and when that became known."""
    await store.write([a_query("t1")])
    await store.learn([a_label("t1")])

    user, merchant = await events_of(store)

    assert user == [Event("t1", NOON_MS, 100, "merchant_1", is_fraud=True, known_at_ms=NOON_MS + 7 * DAY_MS)]
    assert merchant == [Event("t1", NOON_MS, 100, "user_1", is_fraud=True, known_at_ms=NOON_MS + 7 * DAY_MS)]


async def test_a_block_stays_with_its_payment_whatever_comes_first(store: HistoryStore) -> None:
    """Observed and then labelled, labelled before it is observed, or never labelled: each is read back as blocked."""
    blocked = {name: replace(a_query(name), is_blocked=True) for name in ("t1", "t2", "t3")}
    await store.write([blocked["t1"], blocked["t3"], a_query("t4")])
    await store.learn([Label(blocked[name], False, NOON_MS + DAY_MS, 1) for name in ("t1", "t2")])
    await store.write(list(blocked.values()))

    for history in await events_of(store):
        assert {event.transaction_id: (event.is_blocked, event.is_fraud) for event in history} == {
            "t1": (True, False),
            "t2": (True, False),
            "t3": (True, None),
            "t4": (False, None),
        }


async def test_a_label_may_come_before_its_transaction(store: HistoryStore) -> None:
    """A chargeback is not lost because the brain was away when its payment was made."""
    await store.learn([a_label("t1")])
    await store.write([a_query("t1"), a_query("t2")])

    user, _ = await events_of(store)

    assert {event.transaction_id: event.is_fraud for event in user} == {"t1": True, "t2": None}


async def test_the_highest_revision_stands_in_whatever_order_they_come(store: HistoryStore, stored: Any) -> None:
    """Six deliveries of three revisions, among them repeats, in random orders: every history ends the same."""
    labels = [
        a_label("t1", is_fraud=True, days_later=5, revision=1),
        a_label("t1", is_fraud=False, days_later=6, revision=2),
        a_label("t1", is_fraud=True, days_later=7, revision=3),
    ]
    await store.write([a_query("t1"), a_query("t2")])

    for _ in range(5):
        for label in random.sample(labels * 2, 6):
            await store.learn([label])
    await store.learn(random.sample(labels, 3))

    (event,) = [event for event in stored.users.find_one()["e"] if event["i"] == "t1"]
    assert (event["f"], event["k"], event["r"]) == (True, NOON_MS + 7 * DAY_MS, 3)


async def test_labels_and_transactions_at_once_end_as_one_after_the_other(store: HistoryStore, stored: Any) -> None:
    """Twenty concurrent calls about the same thirty payments leave each once, labelled where it was labelled."""
    queries = [a_query(f"t{n}", time_ms=NOON_MS - n * HOUR_MS) for n in range(30)]
    labels = [Label(query, n % 2 == 0, NOON_MS + DAY_MS, 1) for n, query in enumerate(queries) if n < 10]

    calls = [store.write(random.sample(queries, 30)) for _ in range(8)]
    calls += [store.learn(random.sample(labels, 10)) for _ in range(8)]
    await asyncio.gather(*calls)

    for history in (stored.users.find_one()["e"], stored.merchants.find_one()["e"]):
        assert [event["i"] for event in history] == [query.transaction_id for query in queries]
        assert {event["i"]: event["f"] for event in history if "f" in event} == {
            label.query.transaction_id: label.is_fraud for label in labels
        }


async def test_a_label_of_a_payment_that_is_too_old_is_left_out(store: HistoryStore, stored: Any) -> None:
    """A chargeback of three months ago says nothing within any window, and must not grow a history."""
    await store.write([a_query("t1")])
    old = Query("old", NOON_MS - 90 * DAY_MS, 100, "user_1", "merchant_1")

    await store.learn([Label(old, True, NOON_MS, 1)])

    assert [event["i"] for event in stored.users.find_one()["e"]] == ["t1"]


async def test_chargebacks_change_a_merchants_risk_from_the_moment_they_are_known(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path, stored: Any
) -> None:
    """Eight payments turn out to be fraud: a later payment is critical, one from before they were known is not."""
    past = [
        a_transaction(f"past_{n}", user_id=f"u{n}", minor_units=3_000, event_time_ms=NOON_MS - 8 * DAY_MS - n * HOUR_MS)
        for n in range(8)
    ]
    known_at_ms = NOON_MS - DAY_MS
    labels = [
        fraud_pb2.Label(transaction=payment, is_fraud=True, known_at_ms=known_at_ms, revision=1) for payment in past
    ]
    after, before = (
        a_transaction(name, user_id="someone", minor_units=2_000, event_time_ms=time_ms)
        for name, time_ms in (("after", NOON_MS), ("before", known_at_ms - 1))
    )

    patient = {**fresh_databases, "BRAIN_PROFILE_BUDGET_MS": "2000"}  # this is about what is read, not how fast
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=patient) as process:
        async with calling(process.port) as stub:
            await stub.Observe(fraud_pb2.ObserveRequest(transactions=past), wait_for_ready=True)
            reply = await stub.Learn(fraud_pb2.LearnRequest(labels=labels))
            late = await stub.Score(fraud_pb2.ScoreRequest(transaction=after))
            early = await stub.Score(fraud_pb2.ScoreRequest(transaction=before))

    assert reply.learnt == 8
    assert late.risk_level == fraud_pb2.RISK_LEVEL_CRITICAL
    assert late.reasons[0].code == "MERCHANT_FRAUD_HISTORY"
    assert early.risk_level == fraud_pb2.RISK_LEVEL_LOW


async def test_a_senseless_label_is_left_out_and_its_neighbours_are_learnt(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path, stored: Any
) -> None:
    """Sent again it would be no better, and it must not hold up the others; too many at once are refused."""
    good = fraud_pb2.Label(transaction=a_transaction("good"), is_fraud=True, known_at_ms=NOON_MS, revision=1)
    bad = fraud_pb2.Label(transaction=a_transaction("bad"), is_fraud=True, known_at_ms=0, revision=1)
    unnumbered = fraud_pb2.Label(transaction=a_transaction("bad2"), is_fraud=True, known_at_ms=NOON_MS)

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            reply = await stub.Learn(fraud_pb2.LearnRequest(labels=[bad, good, unnumbered]), wait_for_ready=True)
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await stub.Learn(fraud_pb2.LearnRequest(labels=[good] * 501))

    assert reply.learnt == 3
    assert [event["i"] for event in stored.users.find_one()["e"]] == ["good"]
    assert process.log().count("history.left_out") == 2
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
