"""Workers catch up afterwards, and gateways do without: what waits is said, and lost by nobody."""

import signal
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.features.fleet.store import Instances
from gateway.features.workers import store
from gateway.features.workers.service import WorkerHeartbeat
from gateway.features.workers.store import JobLeases
from gateway.kit import clock
from gateway.kit.circuit import Circuit
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.health import LEDGER_ERRORS, LedgerHealth
from local.ports import LOOPBACK
from records.account import ACCOUNT
from tests.callers import caller
from tests.ledger_records import LedgerRecords, keys_of
from tests.rescoring import post_many, settled_once
from tests.stack import Stack, wait_until
from tests.waiting import eventually


@pytest.fixture
def environment(fresh_databases: dict[str, str], amount_model: dict[str, str]) -> dict[str, str]:
    """An outage that fits into a test."""
    return fresh_databases | amount_model | {"GATEWAY_CIRCUIT_RESET_S": "1", "GATEWAY_CANARY_S": "1"}


def test_without_a_worker_verdicts_are_given_and_what_waits_is_said(
    stack: Stack, ledger_records: LedgerRecords
) -> None:
    """The brain dies and comes back: a canary closes the circuit, verdicts wait, and after 30 s all can see why."""
    stack.brain.kill()
    blind = post_many(stack, 9)
    stack.brain.start()
    wait_until(lambda: stack.get("/circuit/status")["state"] == "closed")
    assert stack.post("scored")["scored"] is True
    assert ledger_records.backlog() == 9

    wait_until(lambda: bool(conditions(stack).get("WORKER_AWAY", {}).get("figures", {}).get("unscored")))

    away = conditions(stack)["WORKER_AWAY"]
    assert away["severity"] == "degraded"
    assert away["figures"]["away_s"] >= 30
    assert (away["figures"]["unscored"], "9 verdicts wait to be scored" in away["message"]) == (9, True)
    assert "No worker" in stack.get("/health")["summary"]
    assert samples(stack.client)["sentinel_workers"] == 0.0
    assert samples(stack.client)["sentinel_status", "WORKER_AWAY"] == 1.0
    assert ledger_records.backlog() == 9

    stack.worker.start()

    wait_until(lambda: ledger_records.backlog() == 0)
    settled_once(ledger_records.records(), blind)
    wait_until(lambda: len(keys_of("verdict.amended", stack.worker)) == 3)
    wait_until(lambda: "WORKER_AWAY" not in conditions(stack))
    assert samples(stack.client)["sentinel_workers"] == 1.0
    with caller(f"http://{LOOPBACK}:{stack.worker.port}") as probe:
        assert probe.get("/health/live").json() == {"status": "live"}
        assert probe.get("/health/ready").json() == {"status": "ready"}
        assert samples(probe)["sentinel_worker_settled_total"] >= 9
        assert samples(probe)["sentinel_worker_jobs", "flips"] == 1.0
        wait_until(lambda: samples(probe).get(("sentinel_worker_jobs", "sweep.chain")) == 1.0)  # looked for each 5 s
    assert stack.worker.stop() in {0, -signal.SIGTERM}
    assert '"worker.stopping"' in stack.worker.log()


def conditions(stack: Stack) -> dict[str, Any]:
    """What is wrong, by code."""
    return {condition["code"]: condition for condition in stack.get("/health")["conditions"]}


def samples(client: httpx.Client) -> dict[str | tuple[str, str], float]:
    """Figures by name, or by name and their only label."""
    found: dict[str | tuple[str, str], float] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = list(sample.labels.values())
            found[(sample.name, labels[0]) if len(labels) == 1 else sample.name] = sample.value
    return found


async def test_a_job_is_one_workers_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it ends, or has not renewed its lease for 15 s."""
    monkeypatch.setattr(store, "_RENEW_S", -1.0)  # each look asks MongoDB
    one, two = JobLeases(database, holder="one"), JobLeases(database, holder="two")

    taken = [await one.take("flips"), await two.take("flips"), await one.take("flips"), await two.take("outages")]
    await one.close()
    after_its_end = [await two.take("flips"), await one.take("flips")]
    await database["job_leases"].update_one({"_id": "flips"}, {"$set": {"lease.until": clock.now()}})
    after_its_time = [await one.take("flips"), await two.take("flips")]

    assert taken == [True, False, True, True]
    assert after_its_end == [True, False]
    assert after_its_time == [True, False]


async def test_what_waits_longest_is_what_a_worker_could_score_now(database: Database) -> None:
    """Not what another worker holds, or what waits for its next try."""
    now, minute = clock.now(), timedelta(minutes=1)
    waiting: dict[str, dict[str, object]] = {
        "held": {"created_at": now - 9 * minute, "rescore_lease": {"by": "one", "until": now + minute}},
        "later": {"created_at": now - 8 * minute, "rescore_retry_at": now + minute},
        "due": {"created_at": now - 7 * minute, "rescore_retry_at": now - minute},
        "free": {"created_at": now - 6 * minute},
    }
    nothing = await store.oldest_waiting_s(database)
    await database["transactions"].insert_many(
        [
            {"account": ACCOUNT, "transaction_id": name, "needs_rescore": True, **fields}
            for name, fields in waiting.items()
        ],
        bypass_document_validation=True,
    )

    assert nothing is None
    assert await store.oldest_waiting_s(database) == pytest.approx(7 * 60, abs=30)


async def test_a_worker_tells_the_gateways_what_it_settles(database: Database) -> None:
    """With each heartbeat: one that lives and does nothing is seen by it, and nobody can cut the end of its chain."""
    head = Head("worker sweep", 3, b"digest")
    heartbeat = WorkerHeartbeat(
        database,
        name="worker",
        circuit=Circuit(LEDGER_ERRORS, fail_max=3, reset_s=30.0),
        health=LedgerHealth(),
        settled=lambda: 42,
        heads=lambda: [head],
    )
    await heartbeat.start()

    await eventually(lambda: is_known(database))

    beat = await database["instances"].find_one({"_id": "worker"})
    assert beat is not None
    assert beat["chains"] == [head.to_document()]
    await heartbeat.close()


async def is_known(database: Database) -> bool:
    """Whether a gateway hears it."""
    found = await Instances(database, name="gateway").beat({"circuit_state": "closed"})
    return [(beat["_id"], beat["settled"]) for beat in found] == [("worker", 42)]
