"""What stands in the ledger reaches the brain's history: once, and whatever dies in between."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from tests.stack import Stack, running_stack, wait_until

Client = pymongo.MongoClient[dict[str, Any]]


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Stack]:
    """A stack of this test alone."""
    with running_stack(
        tmp_path, mongod_url, fresh_databases | {"GATEWAY_CIRCUIT_RESET_S": "1"}, with_worker=True
    ) as running:
        yield running


@pytest.fixture
def mongo(mongod_url: str) -> Iterator[Client]:
    """A look into both databases from outside."""
    with Client(mongod_url) as client:
        yield client


def pending(mongo: Client, databases: dict[str, str]) -> int:
    """Records that the history does not have yet."""
    ledger = mongo[databases["GATEWAY_LEDGER_DATABASE"]]
    return ledger["transactions"].count_documents({"observe_pending": True})


def history_of(mongo: Client, databases: dict[str, str], user_id: str) -> int:
    """How many payments of a user the brain remembers."""
    found = mongo[databases["BRAIN_PROFILES_DATABASE"]]["users"].find_one({"_id": user_id})
    return 0 if found is None else len(found["e"])


def test_history_follows_the_ledger(stack: Stack, mongo: Client, fresh_databases: dict[str, str]) -> None:
    """Replays and conflicts count nothing."""
    for n in range(5):
        for _ in range(2):
            stack.post(f"t{n}", user_id="user_9")

    wait_until(lambda: pending(mongo, fresh_databases) == 0)

    assert history_of(mongo, fresh_databases, "user_9") == 5


def test_the_history_knows_what_was_blocked(stack: Stack, mongo: Client, fresh_databases: dict[str, str]) -> None:
    """A deny list blocks one of two payments: its mark is kept, and a label beside it takes nothing away."""
    stack.client.put("/lists/deny/user/user_8", json={"reason": "reported"})
    assert stack.post("t1", user_id="user_8", merchant_id="shop_1")["decision"] == "block"
    stack.post("t2", user_id="user_9", merchant_id="shop_1")
    wait_until(lambda: pending(mongo, fresh_databases) == 0)
    assert blocks_at(mongo, fresh_databases, "shop_1") == {"t1": True, "t2": None}

    stack.client.put("/transactions/t1/label", json={"is_fraud": True, "source": "analyst"})
    stack.post("t3", user_id="user_8", merchant_id="shop_1")
    stack.client.put("/transactions/t3/label", json={"is_fraud": False, "source": "analyst"})

    wait_until(lambda: blocks_at(mongo, fresh_databases, "shop_1") == {"t1": True, "t2": None, "t3": True})


def blocks_at(mongo: Client, databases: dict[str, str], merchant_id: str) -> dict[str, bool | None]:
    """Of each payment that the history of a merchant holds, whether it was blocked."""
    found = mongo[databases["BRAIN_PROFILES_DATABASE"]]["merchants"].find_one({"_id": merchant_id})
    return {} if found is None else {event["i"]: event.get("b") for event in found["e"]}


@pytest.mark.parametrize("victim", ["brain", "gateway"])
def test_a_crash_forgets_and_doubles_nothing(
    stack: Stack, mongo: Client, fresh_databases: dict[str, str], victim: str
) -> None:
    """kill -9 in the middle of traffic; the flag on each record is what remembers."""
    for n in range(30):
        stack.post(f"before-{n}", user_id="user_9")
    process = getattr(stack, victim)
    process.kill()
    process.start()
    wait_until(lambda: stack.get("/health")["services"]["brain"]["status"] == "up")
    for n in range(5):
        stack.post(f"after-{n}", user_id="user_9")

    # what a dead gateway left behind is found by the sweep, once it is 10 s old
    wait_until(lambda: pending(mongo, fresh_databases) == 0, within_s=30)

    assert history_of(mongo, fresh_databases, "user_9") == 35


def test_what_was_decided_blind_is_history_too(stack: Stack, mongo: Client, fresh_databases: dict[str, str]) -> None:
    """It was paid all the same."""
    stack.brain.kill()
    for n in range(5):
        assert stack.post(f"blind-{n}", user_id="user_9")["scored"] is False

    stack.brain.start()
    wait_until(lambda: stack.post(f"probe-{secrets.token_hex(4)}")["scored"])

    wait_until(lambda: history_of(mongo, fresh_databases, "user_9") == 5, within_s=30)
