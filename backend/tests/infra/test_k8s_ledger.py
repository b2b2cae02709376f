"""The steward's very script on three real mongods with a keyfile: one set, two users, least rights."""

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from brain.history.ledger import Ledger
from gateway.ledger.migrations import migrate as migrate_ledger
from local import commands
from local.ports import LOOPBACK
from tests.callers import caller
from tests.infra.replica_set import LedgerPods
from tests.processes import BrainProcess, GatewayProcess
from tests.remembered import remembered
from tests.stack import wait_until

PASSWORDS = {"root-password": "root-0", "gateway-password": "gateway-0", "brain-password": "brain-0"}
NOT_AUTHORIZED = 13
WHOLE = ["PRIMARY", "SECONDARY", "SECONDARY"]


@pytest.fixture(scope="module")
def ledger(mongod_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerPods]:
    """The replica set as the stewards leave it."""
    with LedgerPods(mongod_binary, tmp_path_factory.mktemp("ledger"), PASSWORDS) as pods:
        pods.tend_until(lambda: pods.login_works("sentinel-brain", "brain-0") and pods.states("root-0") == WHOLE)
        yield pods


def test_three_members_become_one_set(ledger: LedgerPods) -> None:
    """One primary, two secondaries, under the names that clients use."""
    with ledger.client("root", "root-0") as root:
        status = root.admin.command("replSetGetStatus")

    assert sorted(member["stateStr"] for member in status["members"]) == WHOLE
    assert [member["name"] for member in status["members"]] == [f"127.0.0.1:{port}" for port in ledger.ports]


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
def test_members_are_reached_by_ipv6(ledger: LedgerPods) -> None:
    """In a cluster that has nothing else there is no other way."""
    for port in ledger.ports:
        socket.create_connection(("::1", port), timeout=2).close()


def test_nobody_gets_in_without_a_password(ledger: LedgerPods) -> None:
    """A wrong one is refused, and so is work without any."""
    assert not ledger.login_works("sentinel-gateway", "guess")
    with ledger.client_of(0) as stranger, pytest.raises(OperationFailure) as refused:
        stranger.fraud_ledger.transactions.find_one()

    assert refused.value.code == NOT_AUTHORIZED


async def test_the_gateways_rights_are_enough_and_no_more(ledger: LedgerPods) -> None:
    """Its migrations and writes pass on the three members; deleting a verdict or writing the brain's data does not."""
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(ledger.url("sentinel-gateway", "gateway-0"))
    database = client["fraud_ledger"]

    await migrate_ledger(database, holder="gateway-0")  # type: ignore[arg-type]
    await migrate_ledger(database, holder="gateway-0")  # type: ignore[arg-type]
    await database["anything_else"].update_one({"_id": 1}, {"$set": {"seen": True}}, upsert=True)
    refusals = []
    for forbidden in (
        database["transactions"].delete_many({}),
        database["transactions"].drop(),
        client["fraud_profiles"]["users"].insert_one({"_id": "somebody"}),
        client.admin.command("usersInfo", 1),
    ):
        with pytest.raises(OperationFailure) as refused:
            await forbidden
        refusals.append(refused.value.code)
    await database["instances"].delete_one({"_id": "gateway-0"})
    await client.close()

    assert refusals == [NOT_AUTHORIZED] * 4


async def test_the_brains_rights_are_enough_and_no_more(ledger: LedgerPods) -> None:
    """Of the ledger it reads what history is made of; it writes nothing, there or anywhere else."""
    url = ledger.url("sentinel-brain", "brain-0")
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(url)
    brain = Ledger(url, "fraud_ledger")

    await brain.runs(None)
    await brain.labels_since(None)
    await brain.erasures_since(None)
    async for _ in brain.newest_first(None):
        break
    brain.close()
    refusals = []
    for forbidden in (
        client["fraud_ledger"]["transactions"].update_many({}, {"$set": {"verdict": {}}}),
        client["fraud_ledger"]["alerts"].find_one(),
        client["fraud_profiles"]["users"].insert_one({"_id": "somebody"}),
    ):
        with pytest.raises(OperationFailure) as refused:
            await forbidden
        refusals.append(refused.value.code)
    await client.close()

    assert refusals == [NOT_AUTHORIZED] * 3


def test_both_services_work_on_the_set_with_the_rights_they_have(ledger: LedgerPods, tmp_path: Path) -> None:
    """Scored with history, recorded, read by the brain, found again, verified as either user; nothing is refused."""
    with (
        BrainProcess(tmp_path, mongodb_url=ledger.url("sentinel-brain", "brain-0")) as brain,
        GatewayProcess(
            tmp_path, mongodb_url=ledger.url("sentinel-gateway", "gateway-0"), brain_port=brain.port
        ) as gateway,
        caller(gateway.url) as client,
    ):
        verdict = _post_until_recorded(client)
        stored = client.get(f"/transactions/{verdict['transaction_id']}")
        wait_until(lambda: remembered(brain, [verdict["transaction_id"]]) != {})
        verified = [
            _verify_history(ledger.url(user, password), brain)
            for user, password in (("sentinel-gateway", "gateway-0"), ("sentinel-brain", "brain-0"))
        ]
        gateway.stop()
        brain.stop()

        logs = gateway.log() + brain.log()

    assert verdict["scored"] is True
    assert stored.status_code == 200
    assert verified == [(0, 0)] * 2
    assert "not authorized" not in logs.lower()


def _verify_history(mongodb_url: str, brain: BrainProcess) -> tuple[int, int]:
    """The exit status of `sentinel history verify` and how many differences it found."""
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "commands", "history", "verify", "--json", "--brain", f"{LOOPBACK}:{brain.port}"],
        env={**os.environ, "PYTHONPATH": str(commands.BACKEND), "MONGODB_URL": mongodb_url},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["differences"]


def _post_until_recorded(client: httpx.Client) -> dict[str, Any]:
    """The first seconds may be answered 503 or blind: migrations run, the brain is just being found."""
    verdicts: list[dict[str, Any]] = []

    def is_recorded() -> bool:
        body = {"transaction_id": f"txn_{secrets.token_hex(6)}", "amount": 150.5, "currency": "USD", "user_id": "u"}
        reply = client.post("/transaction", json=body)
        verdicts.append(reply.json())
        return reply.status_code == 200 and bool(verdicts[-1]["scored"])

    wait_until(is_recorded)
    return verdicts[-1]


def test_a_replaced_password_is_taken_over_without_a_restart(ledger: LedgerPods) -> None:
    """The new one works, the old one no more, and a connection that was open goes on."""
    with ledger.client("sentinel-gateway", "gateway-0") as open_before:
        open_before.fraud_ledger.anything_else.find_one()
        ledger.put_secret("gateway-password", "gateway-1")

        ledger.tend_until(lambda: ledger.login_works("sentinel-gateway", "gateway-1"))

        open_before.fraud_ledger.anything_else.update_one({"_id": 2}, {"$set": {"seen": True}}, upsert=True)
    assert not ledger.login_works("sentinel-gateway", "gateway-0")


def test_a_secret_of_another_database_is_refused(ledger: LedgerPods) -> None:
    """A root password that is not this database's makes no second root: the steward says no, and nothing changes."""
    ledger.put_secret("root-password", "another")

    with pytest.raises(AssertionError, match="did not get there"):
        ledger.tend_until(lambda: True, within_s=0.5)

    assert ledger.login_works("root", "root-0")
    assert not ledger.login_works("root", "another")
    ledger.put_secret("root-password", "root-0")
    ledger.tend_until(lambda: True)


def test_member_0_with_an_empty_disk_founds_no_second_set(ledger: LedgerPods) -> None:
    """Whatever it proposes, the members that have a set take it back, and it gets the data again."""
    with ledger.client("root", "root-0") as root:
        before = root.admin.command("replSetGetConfig")["config"]["settings"]["replicaSetId"]

    ledger.empty_disk(0)
    ledger.tend_until(lambda: ledger.states("root-0") == WHOLE)

    with ledger.client("root", "root-0") as root:
        after = root.admin.command("replSetGetConfig")["config"]["settings"]["replicaSetId"]
    with ledger.client_of(0, username="root", password=PASSWORDS["root-password"]) as member:
        kept = list(member.admin["system.users"].find({}, {"user": 1}))
    assert after == before
    assert {user["user"] for user in kept} == {"root", "sentinel-gateway", "sentinel-brain"}
