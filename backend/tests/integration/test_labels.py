"""A label reaches the brain's history whatever dies in between, and MongoDB's absence is said clearly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from tests.processes import MongodProcess
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


def label(stack: Stack, transaction_id: str, *, is_fraud: bool = True) -> None:
    """Say what it was."""
    response = stack.client.put(
        f"/transactions/{transaction_id}/label", json={"is_fraud": is_fraud, "source": "chargeback"}
    )
    assert response.status_code == 200, response.text


def known_to_the_brain(mongo: Client, databases: dict[str, str]) -> dict[str, bool]:
    """Labels in the history of user_9, by transaction."""
    found = mongo[databases["BRAIN_PROFILES_DATABASE"]]["users"].find_one({"_id": "user_9"}) or {"e": []}
    return {event["i"]: event["f"] for event in found["e"] if "f" in event}


def pending(mongo: Client, databases: dict[str, str]) -> int:
    """Labels that the brain was not told yet."""
    return mongo[databases["GATEWAY_LEDGER_DATABASE"]]["labels"].count_documents({"learn_pending": True})


def test_a_label_and_its_correction_become_history(
    stack: Stack, mongo: Client, fresh_databases: dict[str, str]
) -> None:
    """The last word is what later scores see."""
    stack.post("t1", user_id="user_9")
    label(stack, "t1")
    wait_until(lambda: known_to_the_brain(mongo, fresh_databases) == {"t1": True})

    label(stack, "t1", is_fraud=False)

    wait_until(lambda: known_to_the_brain(mongo, fresh_databases) == {"t1": False})
    wait_until(lambda: pending(mongo, fresh_databases) == 0)


@pytest.mark.parametrize("victim", ["brain", "gateway"])
def test_labels_outlive_a_crash(stack: Stack, mongo: Client, fresh_databases: dict[str, str], victim: str) -> None:
    """kill -9 right after the labels were taken: the flags on them are what remembers."""
    for n in range(10):
        stack.post(f"t{n}", user_id="user_9")
    if victim == "brain":
        stack.brain.kill()
    for n in range(10):
        label(stack, f"t{n}", is_fraud=n % 2 == 0)
    process = getattr(stack, victim)
    process.kill()
    process.start()

    wait_until(lambda: pending(mongo, fresh_databases) == 0, within_s=30)

    assert known_to_the_brain(mongo, fresh_databases) == {f"t{n}": n % 2 == 0 for n in range(10)}


def test_without_a_ledger_no_label_is_taken(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """503 that says so, and the same request is taken once the ledger is back."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases) as stack:
        stack.post("t1", user_id="user_9")
        own_mongod.kill()

        refused = stack.client.put("/transactions/t1/label", json={"is_fraud": True, "source": "chargeback"})

        own_mongod.start()
        wait_until(lambda: stack.get("/health")["services"]["ledger"]["status"] == "up")
        label(stack, "t1")
    assert refused.status_code == 503
    assert refused.json()["code"] in {"LEDGER_UNREADABLE", "LABEL_UNCONFIRMED"}
