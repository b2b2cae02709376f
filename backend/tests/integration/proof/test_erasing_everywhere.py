"""One command takes a person out of every place that Sentinel itself writes to: databases, memories and disks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bson
import grpc
import pymongo
import pytest

from gateway.kit import clock
from local import commands
from local.ports import LOOPBACK
from protos import fraud_pb2
from protos.fraud_pb2_grpc import FraudDetectionStub
from records.account import ACCOUNT
from records.emails import kept_of
from tests.integration.proof.test_running import all_is_chained, run
from tests.stack import Stack, wait_until

PERSON, OTHER = "user_to_erase", "user_who_stays"


def email_hash_of(user_id: str) -> str:
    """What is kept of the address that a person gives."""
    return str(kept_of(f"{user_id}@example.com")["email_hash"])


TRACES = (PERSON.encode(), email_hash_of(PERSON).encode())
Client = pymongo.MongoClient[dict[str, Any]]


@pytest.fixture
def mongo(mongod_url: str) -> Iterator[Client]:
    """A look at what the services keep."""
    with Client(mongod_url) as client:
        yield client


def names_in(database: "pymongo.database.Database[dict[str, Any]]") -> list[str]:
    """Collections with a document that names the person."""
    return [
        name
        for name in database.list_collection_names()
        if any(trace in bson.encode(document) for document in database[name].find() for trace in TRACES)
    ]


def files_in(directory: Path) -> list[str]:
    """Files that name the person."""
    files = [file for file in directory.iterdir() if file.is_file()]
    return [file.name for file in files if any(trace in file.read_bytes() for trace in TRACES)]


def parts_of(user_id: str) -> dict[str, Any]:
    """Where a payment names its person beside the user: also as whom it names card, device and address."""
    return {
        "merchant_id": "shop",
        "metadata": {"note": user_id},
        "card": {"token": f"card_{user_id}"},
        "device": {"id": f"device_{user_id}"},
        "customer": {"email": f"{user_id}@example.com"},
    }


def pay(stack: Stack, transaction_id: str, user_id: str = PERSON) -> None:
    """A payment at a shop where both pay."""
    stack.post(transaction_id, user_id=user_id, **parts_of(user_id))


def erase(mongod_url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What the command says that it did."""
    done = run(mongod_url, environment, "erase", "--user", PERSON, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def history_is_equal(stack: Stack, mongod_url: str, environment: Mapping[str, str]) -> bool:
    """Whether `sentinel history verify` finds nothing."""
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "commands", "history", "verify", "--brain", f"{LOOPBACK}:{stack.brain.port}"],
        env={**os.environ, **environment, "PYTHONPATH": str(commands.BACKEND), "MONGODB_URL": mongod_url},
        capture_output=True,
        timeout=90,
        check=False,
    )
    return done.returncode == 0


def brain_knows(stack: Stack, user_id: str, payments: int) -> bool:
    """Whether the brain holds so many of the person's payments as those of this user, "" is nobody, at the shop."""
    told = (
        {"card": f"card_{user_id}", "device": f"device_{user_id}", "email": email_hash_of(user_id)} if user_id else {}
    )
    keys = [
        fraud_pb2.PaymentKeys(transaction_id=f"t{n}", user_id=user_id, merchant_id="shop", **told) for n in range(5)
    ]
    with grpc.insecure_channel(f"{LOOPBACK}:{stack.brain.port}") as channel:
        reply = FraudDetectionStub(channel).FindPayments(fraud_pb2.FindPaymentsRequest(payments=keys))
    ids = ("user", "merchant", "card", "device", "address", "email")
    return (
        sum(found.is_known and all(getattr(found, f"is_of_{name}") for name in ids) for found in reply.payments)
        == payments
    )


def journal_of(stack: Stack) -> Path:
    """Where the gateway keeps what it must not forget."""
    return stack.gateway.log_path.parent / f"journal-{stack.gateway.port}"


def test_a_person_is_gone_everywhere_while_gateways_run(
    stack: Stack, mongo: Client, mongod_url: str, environment: dict[str, str]
) -> None:
    """The brain, lists and their snapshot, alerts, the memory of ids: nothing names them, and both proofs hold."""
    ledger = mongo[environment["GATEWAY_LEDGER_DATABASE"]]
    for n in range(5):
        pay(stack, f"t{n}")
        pay(stack, f"other{n}", OTHER)
    stack.client.put(f"/lists/deny/user/{PERSON}", json={"reason": "of a test"}).raise_for_status()
    ledger["alerts"].insert_one(_an_alert())
    wait_until(lambda: "lists.json" in files_in(journal_of(stack)))
    wait_until(lambda: all_is_chained(mongod_url, environment))
    wait_until(lambda: brain_knows(stack, PERSON, 5))
    assert files_in(journal_of(stack))

    said = erase(mongod_url, environment)

    erased = said["erasure"]
    assert said["sound"]
    assert erased["records"] == 5
    assert (erased["list_entries"], erased["alerts"]) == (1, 1)
    assert erased["gateways"] == {"running": 1, "done": 1, "pending": 0}
    wait_until(lambda: brain_knows(stack, "", 5), within_s=30)
    assert names_in(ledger) == ["lists"]  # that it was taken off, for a day: every gateway has to hear of it
    wait_until(lambda: files_in(journal_of(stack)) == [])
    assert stack.get("/lists?kind=user")["entries"] == []
    same = {"transaction_id": "t1", "amount": 12.5, "currency": "USD", "user_id": PERSON} | parts_of(PERSON)
    assert stack.client.post("/transaction", json=same).status_code == 409
    assert stack.get("/transactions/other1")["user_id"] == OTHER
    wait_until(lambda: history_is_equal(stack, mongod_url, environment), within_s=60)


def test_a_gateway_that_was_stopped_forgets_when_it_starts(
    stack: Stack, mongod_url: str, environment: dict[str, str]
) -> None:
    """Its disk still names the person when the command ends; the start takes them off it."""
    for n in range(3):
        pay(stack, f"t{n}")
    wait_until(lambda: all_is_chained(mongod_url, environment))
    stack.gateway.stop()
    assert files_in(journal_of(stack))

    said = erase(mongod_url, environment)
    stack.gateway.start()

    assert said["erasure"]["gateways"] == {"running": 0, "done": 0, "pending": 0}
    wait_until(lambda: files_in(journal_of(stack)) == [])


def _an_alert() -> dict[str, Any]:
    """Of a flip of one of their payments."""
    now = clock.now()
    return {
        "_id": "msg_of_a_test", "account": ACCOUNT, "kind": "verdict.amended",
        "key": "t1/1", "at": now, "state": "unsent", "attempts": 0,
        "data": {"transaction_id": "t1", "user_id": PERSON}, "next_at": None, "give_up_at": now, "lease": None,
        "last_error": None, "ended_at": now,
    }  # fmt: skip
