"""Whatever costs verdicts their facts, within seconds nothing says that all is well, and the time is on record."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from pymongo import MongoClient

from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from tests.stack import Stack, running_stack, wait_until
from tests.traffic import Payments

SEEN_WITHIN_S = 30.0  # it takes 1 s where nothing else runs; a poll of the status is due each half of a second
LASTING = timedelta(seconds=3)  # well above the 2 s that a moment may take without being an outage
SETTINGS = {
    "GATEWAY_CIRCUIT_RESET_S": "1",
    "GATEWAY_CANARY_S": "1",
    "GATEWAY_LEDGER_BUDGET_MS": "150",
}


def codes(stack: Stack) -> set[str]:
    """What is wrong."""
    return {condition["code"] for condition in stack.get("/health")["conditions"]}


def metrics(stack: Stack) -> tuple[float, set[str]]:
    """Whether Prometheus is told that all is well, and the conditions that it is told of."""
    families = {family.name: family for family in text_string_to_metric_families(stack.client.get("/metrics").text)}
    told = {sample.labels["condition"] for sample in families["sentinel_status"].samples if sample.value}
    return families["sentinel_healthy"].samples[0].value, told


def is_healthy(stack: Stack) -> bool:
    """By its own word, which no condition contradicts."""
    health = stack.get("/health")
    assert (health["status"] == "healthy") is (health["conditions"] == [])
    return bool(health["status"] == "healthy")


def settled(stack: Stack) -> list[dict[str, Any]]:
    """Outages with final figures; none while the ledger is away."""
    response = stack.client.get("/outages")
    outages = response.json()["outages"] if response.status_code == 200 else []
    return [outage for outage in outages if outage["is_settled"]]


def lasted(replies: list[dict[str, Any]]) -> timedelta:
    """From the first verdict to the last one: a quick machine gives many within a moment."""
    if not replies:
        return timedelta(0)
    return datetime.fromisoformat(replies[-1]["created_at"]) - datetime.fromisoformat(replies[0]["created_at"])


def test_a_ledger_that_is_stopped_under_traffic(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """It shows within seconds, on /health and in the metrics, and its outage has the figures of its records."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases | SETTINGS, with_worker=True) as stack:
        wait_until(lambda: is_healthy(stack))
        with Payments(stack.gateway.url) as payments:
            wait_until(lambda: len(payments.replies) > 20)
            own_mongod.kill()
            wait_until(lambda: codes(stack) == {"LEDGER_DOWN", "DEGRADED_VERDICTS"}, within_s=SEEN_WITHIN_S)
            told = metrics(stack)
            wait_until(lambda: lasted(payments.degraded) > LASTING)
            summary = stack.get("/health")["summary"]
            own_mongod.start()
            wait_until(lambda: is_healthy(stack), within_s=40)
        wait_until(lambda: len(settled(stack)) == 1, within_s=60)
        (outage,) = settled(stack)
        database = fresh_databases["GATEWAY_LEDGER_DATABASE"]
        with MongoClient[dict[str, Any]](own_mongod.url, tz_aware=True) as mongodb:
            records = list(mongodb[database]["transactions"].find({"verdict.degraded.0": {"$exists": True}}))
            alerts = {
                alert["kind"]: alert["data"] for alert in mongodb[database]["alerts"].find({"key": outage["outage_id"]})
            }

    assert told == (0.0, {"LEDGER_DOWN", "DEGRADED_VERDICTS"})
    assert "MongoDB does not answer" in summary
    assert "without history" in summary
    degraded = payments.degraded
    assert {record["transaction_id"] for record in records} == {reply["transaction_id"] for reply in degraded}
    flips = [record for record in records if record["amendments"][-1]["old"] != record["amendments"][-1]["new"]]
    assert outage["cause"] == "LEDGER_UNAVAILABLE"
    assert (outage["figures"]["blind"], outage["figures"]["degraded"]) == (0, len(degraded))
    assert (outage["figures"]["rescored"], outage["figures"]["flipped"]) == (len(degraded), len(flips))
    assert datetime.fromisoformat(outage["from"]) <= datetime.fromisoformat(degraded[0]["created_at"])
    assert datetime.fromisoformat(degraded[-1]["created_at"]) <= datetime.fromisoformat(outage["to"])
    assert alerts.keys() == {"outage.started", "outage.ended"}
    assert alerts["outage.ended"]["figures"]["degraded"] == len(degraded)


def test_history_that_cannot_be_read(
    mongod_url: str, own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Only the brain's MongoDB is away: the outage is open while it lasts, and no circuit ever opened."""
    environment = fresh_databases | SETTINGS
    with (
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=environment) as brain,
        GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment) as gateway,
        WorkerProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment),
        caller(gateway.url) as client,
    ):
        stack = Stack(brain, gateway, client)
        wait_until(lambda: is_healthy(stack))
        with Payments(gateway.url) as payments:
            wait_until(lambda: len(payments.replies) > 20)
            own_mongod.kill()
            wait_until(lambda: codes(stack) == {"DEGRADED_VERDICTS"}, within_s=SEEN_WITHIN_S)
            wait_until(lambda: stack.get("/outages")["outages"] != [])
            (lasting,) = stack.get("/outages")["outages"]
            own_mongod.start()
            wait_until(lambda: is_healthy(stack), within_s=40)
        wait_until(lambda: len(settled(stack)) == 1, within_s=60)
        (outage,) = settled(stack)
        assert stack.get("/circuit/status")["changes"] == []

    assert (lasting["is_open"], lasting["cause"]) == (True, "HISTORY_UNAVAILABLE")
    assert (outage["outage_id"], outage["figures"]["degraded"]) == (lasting["outage_id"], len(payments.degraded))


def test_without_traffic_what_can_be_known_is_told(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Nobody asks for a verdict: a ledger or a brain that is gone shows all the same, and no outage is made of it."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases | SETTINGS, with_worker=True) as stack:
        wait_until(lambda: is_healthy(stack))

        own_mongod.kill()
        wait_until(lambda: codes(stack) == {"LEDGER_DOWN", "HISTORY_UNAVAILABLE"}, within_s=SEEN_WITHIN_S)
        own_mongod.start()
        wait_until(lambda: is_healthy(stack))
        stack.brain.kill()
        wait_until(lambda: codes(stack) == {"BRAIN_UNREACHABLE"}, within_s=SEEN_WITHIN_S)

        assert metrics(stack) == (0.0, {"BRAIN_UNREACHABLE"})
        assert stack.get("/outages")["outages"] == []
