"""Gateways die, race each other and lose their ledger: what they leave behind is chained, and `verify` says so."""

import json
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from local import commands
from tests import callers
from tests.processes import OURS, GatewayProcess, MongodProcess
from tests.proof_ledger import is_all_chained
from tests.stack import Stack, running_stack, wait_until

PATIENCE_S = 60.0  # a run is swept when it is silent for 20 s, looked for each 5 s; the machine may be busy


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """Of all that belongs to this test."""
    return fresh_databases | {"GATEWAY_CIRCUIT_RESET_S": "1"}


@pytest.fixture
def with_worker() -> bool:
    """A worker sweeps up what a crash left behind."""
    return True


def run(
    mongodb_url: str, environment: Mapping[str, str], *arguments: str
) -> "subprocess.CompletedProcess[str]":  # fmt: skip
    """`.venv/bin/sentinel ledger`, as an operator calls it, from a directory that is not the checkout's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    own = {name: value for name, value in environment.items() if not name.startswith("BRAIN_")}
    return subprocess.run(  # noqa: S603 (our own command)
        [commands.ROOT / ".venv" / "bin" / "sentinel", "ledger", *arguments],
        cwd="/",
        env=inherited | own | {"MONGODB_URL": mongodb_url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def verified(mongodb_url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What `verify --json` says; it must be able to say something."""
    done = run(mongodb_url, environment, "verify", "--json")
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if report["sound"] else 1)
    return report


def all_is_chained(mongodb_url: str, environment: Mapping[str, str]) -> bool:
    """Nothing waits for a chain."""
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        return is_all_chained(client[environment["GATEWAY_LEDGER_DATABASE"]])


def post(gateway: GatewayProcess, transaction_id: str) -> bool:
    """Whether it was acknowledged; a gateway that dies acknowledges nothing."""
    body = {"transaction_id": transaction_id, "amount": "12.50", "currency": "USD", "user_id": "user_1"}
    with suppress(httpx.HTTPError):
        return callers.post(f"{gateway.url}/transaction", body).status_code == 200
    return False


def are_done(posts: list["Future[bool]"], count: int) -> bool:
    """Whether so many have been answered."""
    return sum(one.done() for one in posts) >= count


def has_handed_over(gateway: GatewayProcess) -> bool:
    """Whether its journal is empty."""
    return bool(callers.get(f"{gateway.url}/ledger/status").json()["pending"] == 0)


def test_a_gateway_that_is_killed_under_load_leaves_nothing_unchained(
    stack: Stack, mongod_url: str, environment: dict[str, str]
) -> None:
    """kill -9 between a record and its place in the chain: the worker's sweep finds it."""
    acknowledged = 0
    with ThreadPoolExecutor(8) as pool:
        for round_ in range(3):
            posts = [pool.submit(post, stack.gateway, f"r{round_}-{n}") for n in range(150)]
            wait_until(partial(are_done, posts, 50), within_s=30)
            stack.gateway.kill()
            acknowledged += sum(one.result() for one in posts)
            stack.gateway.start()
    before = verified(mongod_url, environment)

    wait_until(lambda: all_is_chained(mongod_url, environment), within_s=PATIENCE_S)

    report = verified(mongod_url, environment)
    assert (before["broken"], report["broken"]) == (0, 0)
    assert report["transactions"] >= acknowledged >= 150
    assert report["unchained"] == 0
    assert report["swept_entries"] > 0
    assert report["chain_entries"] >= report["transactions"]


def test_two_gateways_and_a_lost_ledger(own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]) -> None:
    """The same ids to both, and MongoDB killed in the middle: what comes through the journals is chained as well."""
    journals = environment | {"GATEWAY_LEDGER_BUDGET_MS": "300"}
    with (
        running_stack(tmp_path, own_mongod.url, journals, with_worker=True) as stack,
        GatewayProcess(
            tmp_path, mongodb_url=own_mongod.url, brain_port=stack.brain.port, environment=journals
        ) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        gateways = (stack.gateway, other)
        before = [pool.submit(post, gateway, f"shared-{n}") for n in range(60) for gateway in gateways]
        acknowledged = [one.result() for one in before]
        own_mongod.kill()
        during = [pool.submit(post, gateway, f"{gateway.port}-{n}") for n in range(60) for gateway in gateways]
        acknowledged += [one.result() for one in during]
        own_mongod.start()
        for gateway in gateways:
            wait_until(partial(has_handed_over, gateway), within_s=PATIENCE_S)

        wait_until(lambda: all_is_chained(own_mongod.url, environment), within_s=PATIENCE_S)

        report = verified(own_mongod.url, environment)
    assert all(acknowledged)
    assert (report["broken"], report["unchained"], report["transactions"]) == (0, 0, 180)
    assert len({head["writer"].split(" ")[1] for head in report["heads"]}) == 2


def test_the_commands_of_an_operator(
    stack: Stack, mongod_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """Verify, keep the heads outside, erase a person, and be told what somebody changed by hand."""
    heads = str(tmp_path / "heads.json")
    for n in range(5):
        stack.post(f"txn_{n}", user_id=f"user_{n % 2}")
    wait_until(lambda: all_is_chained(mongod_url, environment), within_s=PATIENCE_S)

    sound = run(mongod_url, environment, "verify", "--heads", heads)
    erased = run(mongod_url, environment, "erase", "--user", "user_1", "--heads", heads)
    shown = stack.get("/transactions/txn_1")
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        database = client[environment["GATEWAY_LEDGER_DATABASE"]]
        database["transactions"].update_one({"transaction_id": "txn_2"}, {"$set": {"verdict.decision": "review"}})
    changed = run(mongod_url, environment, "verify", "--heads", heads)
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        client[environment["GATEWAY_LEDGER_DATABASE"]]["chain"].delete_many({})
    cut = run(mongod_url, environment, "verify", "--heads", heads)

    assert (sound.returncode, sound.stdout.splitlines()[-1]) == (0, "sound: every record is what was committed")
    assert sound.stdout.startswith("5 transactions: 0 blind, ")
    assert "\nhead: " in sound.stdout
    assert (erased.returncode, erased.stdout.splitlines()[0]) == (
        0, "erased in 2 records, 0 conflicts and 0 alerts"
    )  # fmt: skip
    assert (shown["user_id"], shown["request"], shown["amount"]) == ("", {}, "12.50")
    assert changed.returncode == 1
    assert changed.stdout.splitlines()[-1].startswith("BROKEN, first at ")
    assert changed.stdout.splitlines()[-1].endswith(": txn_2 is not what was committed")
    assert cut.returncode == 1
    assert "this chain document is gone, but the file of heads has seen" in cut.stdout
    assert (sound.stderr, changed.stderr) == ("", "")


def test_a_ledger_that_is_away_is_said_without_its_password(environment: dict[str, str]) -> None:
    """One line, and nothing of the URL."""
    away = run("mongodb://sentinel:hunter2@127.0.0.1:9/?authSource=admin", environment, "verify")
    wrong = run("mongodb://sentinel:hunter2@:/?", environment, "verify")
    misspelt = run("mongodb://127.0.0.1:9", environment | {"GATEWAY_LEGDER_DATABASE": "x"}, "verify")

    for done in (away, wrong, misspelt):
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert "hunter2" not in done.stderr
