"""`sentinel history verify`: a brain's memory equals the ledger after kills, and whatever differs is named."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from bson.decimal128 import Decimal128

from local import commands
from local.ports import LOOPBACK
from tests.brain_calls import NO_MONGODB, NOON_MS, a_transaction
from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, WorkerProcess
from tests.recorded import committed_run
from tests.stack import WITHIN_S, Stack

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
USERS, MERCHANTS = 7, 3
REQUEST = {
    "card": {"token": "card_1"},
    "device": {"id": "device_1", "ip": "192.0.2.7"},
    "customer": {"email_hash": "ab" * 32, "email_domain": "example.com"},
}


def verify(mongod_url: str, databases: Mapping[str, str], brain_port: int, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit status of the command and what it found."""
    brain = f"{LOOPBACK}:{brain_port}"
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "commands", "history", "verify", "--json", "--brain", brain, *options],
        env={**os.environ, "PYTHONPATH": str(commands.BACKEND), "MONGODB_URL": mongod_url, **databases},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}") | {"stderr": done.stderr}


@contextmanager
def stack_of_two_brains(directory: Path, mongod_url: str, databases: dict[str, str]) -> Iterator[list[Stack]]:
    """Two brains, each behind a gateway of its own, on one ledger, and a worker."""
    environment = databases | {"GATEWAY_CIRCUIT_RESET_S": "1", "GATEWAY_LEDGER_BUDGET_MS": "3000"}
    with (
        BrainProcess(directory, mongodb_url=mongod_url, environment=environment) as one,
        BrainProcess(directory, mongodb_url=mongod_url, environment=environment) as two,
        GatewayProcess(directory, mongodb_url=mongod_url, brain_port=one.port, environment=environment) as front,
        GatewayProcess(directory, mongodb_url=mongod_url, brain_port=two.port, environment=environment) as back,
        WorkerProcess(directory, mongodb_url=mongod_url, brain_port=one.port, environment=environment),
        caller(f"http://{LOOPBACK}:{front.port}", timeout_s=10) as first,
        caller(f"http://{LOOPBACK}:{back.port}", timeout_s=10) as second,
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


def test_kills_leave_two_brains_with_the_memory_that_the_ledger_demands(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path
) -> None:
    """Brains and gateways are killed under load: no payment and no label differs, also while more are made."""
    stop = threading.Event()
    with stack_of_two_brains(tmp_path, mongod_url, fresh_databases) as stacks, ThreadPoolExecutor(4) as pool:
        running = [pool.submit(traffic, stacks[n % 2], f"run{n}", stop) for n in range(4)]
        for victim in (stacks[0].brain, stacks[1].gateway, stacks[1].brain, stacks[0].gateway, stacks[0].brain):
            stop.wait(2.0)
            victim.kill()
            stop.wait(0.3)
            victim.start()
        stop.wait(2.0)
        during = verify(mongod_url, fresh_databases, stacks[1].brain.port)
        stop.set()
        recorded = sum(run.result() for run in running)
        after = [until_equal(mongod_url, fresh_databases, stack.brain.port) for stack in stacks]

    assert during[1]["payments"] > 0
    assert recorded > 200
    assert min(found["payments"] for found in after) >= recorded


def until_equal(mongod_url: str, databases: Mapping[str, str], brain_port: int) -> dict[str, Any]:
    """What the command finds once all is equal: what a killed gateway left unsettled is swept after 20 s."""
    deadline_s = time.monotonic() + WITHIN_S
    while True:
        status, found = verify(mongod_url, databases, brain_port)
        if status == 0:
            return found
        assert time.monotonic() < deadline_s, str(found)


def test_whatever_differs_is_named(mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path) -> None:
    """What was changed in the ledger behind the brain's back: facts, ids, a label, a payment more and one less."""
    past = [a_transaction(f"t{n}") for n in range(10)]
    with (
        committed_run(mongod_url, fresh_databases) as run,
        BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as brain,
    ):
        run.commit(past, is_settled=False)
        records = run.ledger["transactions"]
        records.update_many({}, {"$set": {"request": REQUEST}})
        run.settle()
        run.label("t0", is_fraud=True, known_at_ms=NOON_MS)
        assert until_equal(mongod_url, fresh_databases, brain.port)["payments"] == 10
        for name, change in {
            "t0": {"amount": Decimal128("1")},
            "t1": {"user_id": "another"},
            "t2": {"merchant_id": None},
            "t3": {"verdict.decision": "block"},
            "t6": {"request.card.token": "another"},
            "t7": {"request.device.id": "another"},
            "t8": {"request.device.ip": "192.0.2.8"},
            "t9": {"request.customer": {}},
        }.items():
            records.update_one({"transaction_id": name}, {"$set": change})
        records.delete_one({"transaction_id": "t4"})
        old_label = {"is_fraud": True, "known_at": LONG_AGO, "recorded_at": LONG_AGO, "revision": 1}
        run.ledger["labels"].insert_one({"_id": "t5"} | old_label)
        run.commit([a_transaction("t10")], is_settled=False)

        status, found = verify(mongod_url, fresh_databases, brain.port)

    assert status == 1
    assert {one["transaction_id"]: one["what"] for one in found["first_differences"]} == {
        "t0": "different amount",
        "t1": "different user",
        "t2": "different merchant",
        "t3": "different block",
        "t5": "different label",
        "t6": "different card",
        "t7": "different device",
        "t8": "different address",
        "t9": "different email",
        "t10": "missing",
    }
    assert found["surplus"] == 1


def test_without_a_brain_or_a_ledger_nothing_is_claimed(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path
) -> None:
    """Exit status 2 and one line, which holds no password; also for a brain that has read nothing."""
    status, found = verify("mongodb://sentinel:secret@127.0.0.1:9/", fresh_databases, 9)
    assert status == 2
    assert "does not answer" in found["stderr"]
    assert "secret" not in found["stderr"]
    status, found = verify(mongod_url, fresh_databases, 9)
    assert (status, "the brain does not answer" in found["stderr"]) == (2, True)

    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=fresh_databases) as brain:
        status, found = verify(mongod_url, fresh_databases, brain.port, "--wait-s", "0")
    assert (status, found["is_complete"]) == (2, False)
