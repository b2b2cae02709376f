"""The ledger is away, frozen, or two gateways cannot see each other: every verdict is given, and none is lost."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pymongo
import pytest

from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from tests.stack import Stack, running_stack, wait_until


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """Budgets as in production: a slow moment of the test machine only means that the journal is used."""
    return fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_CIRCUIT_RESET_S": "1"}


@pytest.fixture
def stack(own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]) -> Iterator[Stack]:
    """A stack whose ledger the test may hurt."""
    with running_stack(tmp_path, own_mongod.url, environment) as running:
        is_prepared(running)
        yield running


def is_prepared(stack: Stack) -> None:
    """Wait until the ledger's indexes are made: a kill in the middle of that is another story."""
    numbers = itertools.count()
    wait_until(lambda: stack.post(f"warm-up-{next(numbers)}")["ledger_status"] == "committed")
    wait_until(lambda: all_has_arrived(stack))


def recorded(own_mongod: MongodProcess, databases: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What stands in the ledger, by id; no id may stand twice."""
    with pymongo.MongoClient[dict[str, Any]](own_mongod.url) as client:
        documents = list(client[databases["GATEWAY_LEDGER_DATABASE"]]["transactions"].find())
    assert max(Counter(document["transaction_id"] for document in documents).values(), default=1) == 1
    return {
        document["transaction_id"]: document
        for document in documents
        if not document["transaction_id"].startswith("warm-up")
    }


def all_has_arrived(stack: Stack) -> bool:
    """Nothing waits in the journal, and the ledger counts as many as were acknowledged."""
    status = stack.get("/ledger/status")
    return bool(status["pending"] == 0 and status["committed"] is not None)


@pytest.mark.parametrize(("hurt", "heal"), [("kill", "start"), ("freeze", "thaw")])
def test_without_a_ledger_every_verdict_is_given_and_arrives_later(
    stack: Stack, own_mongod: MongodProcess, environment: dict[str, str], hurt: str, heal: str
) -> None:
    """The replies say `pending`; afterwards the very same verdicts stand in the ledger, without a restart."""
    warm_up = stack.get("/ledger/status")["acknowledged"]
    before = [stack.post(f"before-{n}") for n in range(5)]
    getattr(own_mongod, hurt)()
    with ThreadPoolExecutor(10) as pool:
        during = list(pool.map(lambda n: stack.post(f"during-{n}"), range(200)))
    wait_until(lambda: stack.get("/ledger/status")["committed"] is None)
    status = stack.get("/ledger/status")
    assert {reply["ledger_status"] for reply in during} == {"pending"}
    assert (status["committed"], status["acknowledged"], status["pending"]) == (None, None, 200)
    assert status["counted_at"] is None
    assert status["circuit"]["state"] != "closed"
    assert status["oldest_pending_s"] >= 0
    assert stack.get("/health/ready") == {"status": "ready"}

    getattr(own_mongod, heal)()

    wait_until(lambda: all_has_arrived(stack), within_s=30)
    wait_until(lambda: stack.get("/ledger/status")["circuit"]["state"] == "closed")
    arrived = recorded(own_mongod, environment)
    assert {name: document["verdict"]["trace_id"] for name, document in arrived.items()} == {
        reply["transaction_id"]: reply["trace_id"] for reply in before + during
    }
    wait_until(lambda: stack.get("/ledger/status")["acknowledged"] == warm_up + 205)
    assert stack.get("/ledger/status")["conflicts"] == 0


def test_an_id_keeps_its_verdict_over_kills_of_both(
    stack: Stack, own_mongod: MongodProcess, environment: dict[str, str]
) -> None:
    """
    kill -9 of the ledger, then of the gateway, which starts again without a ledger.

    The same bodies replay the same verdicts, other bodies get 409; and again when all has reached the ledger.
    """
    own_mongod.kill()
    first = {f"t{n}": stack.post(f"t{n}", amount=10 + n) for n in range(20)}
    stack.gateway.kill()
    stack.gateway.start()

    def replayed() -> list[dict[str, Any]]:
        return [stack.post(name, amount=10 + n) for n, name in enumerate(first)]

    def refused() -> set[int]:
        body = {"amount": 999, "currency": "USD", "user_id": "user_1"}
        return {stack.client.post("/transaction", json={"transaction_id": name} | body).status_code for name in first}

    def verdicts(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in reply.items() if k not in {"replayed", "ledger_status"}} for reply in replies]

    assert verdicts(replayed()) == verdicts(list(first.values()))
    assert all(reply["replayed"] and reply["ledger_status"] == "pending" for reply in replayed())
    assert refused() == {409}
    assert stack.get("/transactions/t3")["ledger_status"] == "pending"

    own_mongod.start()
    wait_until(lambda: all_has_arrived(stack), within_s=30)

    assert recorded(own_mongod, environment).keys() == first.keys()
    assert verdicts(replayed()) == verdicts(list(first.values()))
    assert {reply["ledger_status"] for reply in replayed()} == {"committed"}
    assert refused() == {409}


def test_what_was_committed_before_an_outage_keeps_its_verdict_over_a_kill(
    stack: Stack, own_mongod: MongodProcess
) -> None:
    """The ledger dies, then the gateway: it starts again without a ledger, and contradicts nothing that it said."""
    first = [stack.post(f"t{n}") for n in range(20)]
    time.sleep(2)  # the memory is written behind the replies, 0.02 s where nothing else runs
    own_mongod.kill()
    stack.gateway.kill()
    stack.gateway.start()

    again = [stack.post(f"t{n}") for n in range(20)]
    other = stack.client.post(
        "/transaction", json={"transaction_id": "t3", "amount": 999, "currency": "USD", "user_id": "user_1"}
    )

    assert {reply["ledger_status"] for reply in first} == {"committed"}
    assert again == [reply | {"replayed": True} for reply in first]
    assert other.status_code == 409
    assert stack.get("/transactions/t5")["trace_id"] == first[5]["trace_id"]


def test_two_gateways_that_answered_one_id_are_a_counted_conflict(
    own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]
) -> None:
    """The first in the ledger stands, the other is kept and counted; all that only one of them answered arrives."""
    with ExitStack() as running:
        brain = running.enter_context(
            BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=environment)
        )  # fmt: skip
        stacks = []
        for _ in range(2):
            gateway = running.enter_context(
                GatewayProcess(tmp_path, mongodb_url=own_mongod.url, brain_port=brain.port, environment=environment)
            )
            client = running.enter_context(caller(gateway.url))
            stacks.append(Stack(brain, gateway, client))
        for stack in stacks:
            is_prepared(stack)
        own_mongod.kill()
        one, two = (stack.post("contested") for stack in stacks)
        for number, stack in enumerate(stacks):
            stack.post(f"own-{number}")
        assert one["trace_id"] != two["trace_id"]

        own_mongod.start()

        wait_until(lambda: all(all_has_arrived(stack) for stack in stacks), within_s=30)
        wait_until(lambda: stacks[0].get("/ledger/status")["conflicts"] == 1)
        arrived = recorded(own_mongod, environment)
        with pymongo.MongoClient[dict[str, Any]](own_mongod.url) as mongo:
            (conflict,) = mongo[environment["GATEWAY_LEDGER_DATABASE"]]["conflicts"].find()
    assert arrived.keys() == {"contested", "own-0", "own-1"}
    first, other = arrived["contested"]["verdict"]["trace_id"], conflict["record"]["verdict"]["trace_id"]
    assert {first, other} == {one["trace_id"], two["trace_id"]}


def test_a_disk_that_is_nearly_full_is_a_clear_503(
    own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Only while the ledger is away too: nothing is acknowledged, and all goes on when it is back."""
    more_than_any_disk = {"GATEWAY_JOURNAL_FREE_MIN_MIB": str(10**9)}
    with running_stack(tmp_path, own_mongod.url, environment | more_than_any_disk) as stack:
        own_mongod.kill()
        body = {"transaction_id": "t1", "amount": 5, "currency": "USD", "user_id": "user_1"}

        refused = stack.client.post("/transaction", json=body)
        own_mongod.start()
        wait_until(lambda: stack.client.post("/transaction", json=body).status_code == 200, within_s=30)

    assert (refused.status_code, refused.json()["code"]) == (503, "JOURNAL_FULL")
    assert refused.headers["retry-after"] == "1"


def test_a_stop_hands_over_what_waits(stack: Stack, own_mongod: MongodProcess, environment: dict[str, str]) -> None:
    """SIGTERM right after the ledger's return: nothing is left behind on the disk of a gateway that goes."""
    own_mongod.kill()
    for n in range(50):
        stack.post(f"t{n}")
    own_mongod.start()
    wait_until(lambda: stack.get("/ledger/status")["circuit"]["state"] == "closed")

    stack.gateway.stop()

    assert len(recorded(own_mongod, environment)) == 50
