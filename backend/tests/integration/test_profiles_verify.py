"""`sentinel history verify`: history equals the ledger after kills, and whatever differs is named."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from local import commands
from local.ports import LOOPBACK
from tests.processes import BrainProcess, GatewayProcess, WorkerProcess
from tests.stack import Stack, wait_until

Client = pymongo.MongoClient[dict[str, Any]]
USERS, MERCHANTS = 7, 3


@pytest.fixture
def mongo(mongod_url: str) -> Iterator[Client]:
    """A look into both databases from outside."""
    with Client(mongod_url) as client:
        yield client


def verify(mongod_url: str, databases: dict[str, str], *options: str) -> tuple[int, dict[str, Any]]:
    """The exit status of the command and what it found."""
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "commands", "history", "verify", "--json", *options],
        env={**os.environ, "PYTHONPATH": str(commands.BACKEND), "MONGODB_URL": mongod_url, **databases},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}") | {"stderr": done.stderr}


@contextmanager
def stack_of_two_brains(directory: Path, mongod_url: str, databases: dict[str, str]) -> Iterator[list[Stack]]:
    """Two brains, each behind a gateway of its own, on one ledger and one history, and a worker."""
    environment = databases | {"GATEWAY_CIRCUIT_RESET_S": "1", "GATEWAY_LEDGER_BUDGET_MS": "3000"}
    with (
        BrainProcess(directory, mongodb_url=mongod_url, environment=environment) as one,
        BrainProcess(directory, mongodb_url=mongod_url, environment=environment) as two,
        GatewayProcess(directory, mongodb_url=mongod_url, brain_port=one.port, environment=environment) as front,
        GatewayProcess(directory, mongodb_url=mongod_url, brain_port=two.port, environment=environment) as back,
        WorkerProcess(directory, mongodb_url=mongod_url, brain_port=one.port, environment=environment),
        httpx.Client(base_url=f"http://{LOOPBACK}:{front.port}", timeout=10) as first,
        httpx.Client(base_url=f"http://{LOOPBACK}:{back.port}", timeout=10) as second,
    ):
        yield [Stack(one, front, first), Stack(two, back, second)]


def traffic(stack: Stack, name: str, stop: threading.Event) -> int:
    """Payments and labels until told to stop, through whatever is alive; how many were acknowledged."""
    recorded = 0
    for n in range(4_000):
        if stop.is_set():
            break
        body = {
            "transaction_id": f"{name}-{n}",
            "amount": 5 + n % 40,
            "currency": "USD" if n % 3 else "JPY",
            "user_id": f"user_{n % USERS}",
            "merchant_id": f"shop_{n % MERCHANTS}",
        }
        try:
            if stack.client.post("/transaction", json=body).status_code == 200:
                recorded += 1
                if n % 5 == 0:
                    said = {"is_fraud": n % 2 == 0, "source": "chargeback"}
                    stack.client.put(f"/transactions/{name}-{n}/label", json=said)
        except httpx.TransportError:
            stop.wait(0.05)  # the gateway was killed at this moment
    return recorded


def test_kills_and_two_brains_leave_the_history_that_the_ledger_demands(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path
) -> None:
    """Brains and gateways are killed under load, more payments than a history holds: no event differs."""
    stop = threading.Event()
    with stack_of_two_brains(tmp_path, mongod_url, fresh_databases) as stacks, ThreadPoolExecutor(4) as pool:
        running = [pool.submit(traffic, stacks[n % 2], f"run{n}", stop) for n in range(4)]
        for victim in (stacks[0].brain, stacks[1].gateway, stacks[1].brain, stacks[0].gateway, stacks[0].brain):
            stop.wait(2.0)
            victim.kill()
            stop.wait(0.3)
            victim.start()
        stop.wait(2.0)
        stop.set()
        recorded = sum(run.result() for run in running)

        status, found = verify(mongod_url, fresh_databases, "--wait-s", "60")

    assert recorded > 200
    assert (status, found["differences"], found["pending"]) == (0, 0, 0), str(found["first_differences"])
    assert found["histories"] == USERS + MERCHANTS
    assert found["events"] > 200


def test_whatever_differs_is_named(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path, mongo: Client
) -> None:
    """An amount that was changed, a label, an event that is gone, one too many, and a user nobody knows."""
    with stack_of_two_brains(tmp_path, mongod_url, fresh_databases) as (stack, _):
        for n in range(4):
            stack.post(f"t{n}", user_id="user_9", merchant_id="shop_1")
        said = {"is_fraud": True, "source": "chargeback"}
        assert stack.client.put("/transactions/t3/label", json=said).status_code == 200
        wait_until(lambda: verify(mongod_url, fresh_databases)[0] == 0, within_s=30)
    profiles = mongo[fresh_databases["BRAIN_PROFILES_DATABASE"]]
    profiles.users.update_one({"_id": "user_9", "e.i": "t0"}, {"$set": {"e.$.a": 1}})
    profiles.users.update_one({"_id": "user_9"}, {"$pull": {"e": {"i": "t1"}}})
    profiles.merchants.update_one({"_id": "shop_1", "e.i": "t3"}, {"$set": {"e.$.f": False}})
    kept = profiles.users.find_one({"_id": "user_9"}) or {}
    (event,) = [event for event in kept["e"] if event["i"] == "t2"]
    profiles.users.insert_one({"_id": "stranger", "e": [event], "u": kept["u"]})

    status, found = verify(mongod_url, fresh_databases)

    named = {(one["collection"], one["key"], one["transaction_id"], one["what"]) for one in found["first_differences"]}
    assert status == 1
    assert named == {
        ("users", "user_9", "t0", "different"),
        ("users", "user_9", "t1", "missing"),
        ("merchants", "shop_1", "t3", "different"),
        ("users", "stranger", "t2", "unexpected"),
    }


def test_a_block_that_the_history_lacks_is_named_unless_it_was_told_before_there_was_a_mark(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path, mongo: Client
) -> None:
    """What an earlier release observed says nothing of blocks, and that is no difference."""
    with stack_of_two_brains(tmp_path, mongod_url, fresh_databases) as (stack, _):
        stack.client.put("/lists/deny/user/user_9", json={"reason": "reported"})
        assert stack.post("t1", user_id="user_9")["decision"] == "block"
        stack.post("t2", user_id="user_8")
        wait_until(lambda: verify(mongod_url, fresh_databases)[0] == 0, within_s=30)
    profiles = mongo[fresh_databases["BRAIN_PROFILES_DATABASE"]]

    profiles.users.update_one({"_id": "user_9", "e.i": "t1"}, {"$unset": {"e.$.b": 1}})
    profiles.users.update_one({"_id": "user_8", "e.i": "t2"}, {"$set": {"e.$.b": True}})
    _, found = verify(mongod_url, fresh_databases)
    assert {one["transaction_id"]: one["what"] for one in found["first_differences"]} == {
        "t1": "different",
        "t2": "different",
    }

    profiles.users.update_one({"_id": "user_8", "e.i": "t2"}, {"$unset": {"e.$.b": 1}})
    profiles.schema_migrations.update_one({"_id": 3}, {"$set": {"applied_at": datetime.now(UTC)}})
    assert verify(mongod_url, fresh_databases)[0] == 0


def test_without_mongodb_or_with_a_backlog_nothing_is_claimed(
    mongod_url: str, fresh_databases: dict[str, str], mongo: Client
) -> None:
    """Exit status 2 and one line, which holds no password; a backlog is not called equal."""
    status, found = verify("mongodb://sentinel:secret@127.0.0.1:9/", fresh_databases)
    assert status == 2
    assert "does not answer" in found["stderr"]
    assert "secret" not in found["stderr"]

    mongo[fresh_databases["GATEWAY_LEDGER_DATABASE"]]["labels"].insert_one({"_id": "t1", "learn_pending": True})
    status, found = verify(mongod_url, fresh_databases, "--wait-s", "0")
    assert (status, found["pending"]) == (2, 1)
