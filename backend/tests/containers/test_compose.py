"""docker-compose.yml as its user meets it: brain and db are stopped and killed, and merchants notice little."""

import json
import re
import secrets
import subprocess
import sys
import time

import httpx

from local.commands import ROOT
from tests.containers import engine
from tests.containers.addresses import take_address
from tests.containers.conftest import Measured
from tests.containers.load import Load
from tests.containers.project import SERVICES, Project
from tests.markdown import README, fenced
from tests.stack import wait_until

CIRCUIT_CLOSES_WITHIN_S = 40.0  # a trial 30 s after the opening, and a moment for the brain to start
ANSWER_MS_MAX = 1_500.0  # 500 ms for the score, 500 ms for the ledger, and a busy test machine


def curls_of_the_readme() -> list[str]:
    """Every curl command of README.md, in its order, with its continuation lines."""
    return [
        part
        for language, block in fenced(README)
        if language == "bash"
        for part in re.split(r"^(?=curl )", block, flags=re.MULTILINE)
        if part.startswith("curl ")
    ]


def test_the_commands_of_the_readme_answer(healthy: Project) -> None:
    """Whoever pastes them after `docker-compose up` gets an answer from each."""
    commands = curls_of_the_readme()
    assert len(commands) >= 3, "README.md shows too few curl commands"
    for command in commands:
        here = command.replace("http://localhost:8000", healthy.url).replace("curl ", "curl -sS --fail ", 1)
        assert engine.run(["bash", "-c", here]).strip(), command


def test_a_transaction_is_scored_and_recorded(healthy: Project) -> None:
    """The whole chain works between containers: gateway, brain, ledger."""
    transaction_id = f"first-{secrets.token_hex(4)}"

    replies = [healthy.post(f"{transaction_id}-{number}").raise_for_status().json() for number in range(20)]

    assert sum(reply["scored"] for reply in replies) >= 19  # all three attempts slow: 1 in 1,000
    for reply in replies:
        recorded = healthy.ledger.find_one({"transaction_id": reply["transaction_id"]})
        assert recorded is not None
        assert recorded["verdict"]["risk_score"] == reply["risk_score"]


def test_a_stopped_brain_is_seen_at_once_and_every_request_is_answered(healthy: Project, measured: Measured) -> None:
    """The demonstration of the README, with the real chaos script: Success, Circuit Open, Success."""
    command = [sys.executable, "test_chaos.py", "--url", healthy.url, "--duration", "60", "--rate", "50", "--json"]
    chaos = subprocess.Popen(  # noqa: S603 (our own script)
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    time.sleep(5)
    stopping = healthy.begin("stop", "brain")
    seen_s = wait_until(lambda: healthy.circuit() == "open")
    assert stopping.wait() == 0
    time.sleep(5)
    healthy.compose("start", "brain")
    closed_s = wait_until(lambda: healthy.circuit() == "closed", within_s=CIRCUIT_CLOSES_WITHIN_S)
    said, _ = chaos.communicate()
    summary = json.loads(said)
    # by the clocks of both: what docker-compose itself takes to start says nothing about the circuit
    told, opened = (
        healthy.logged("brain", "brain.draining")[-1],
        healthy.logged("gateway", "circuit.changed", new="open"),
    )
    opened_s = next((at - told).total_seconds() for at in opened if at >= told)
    counts = {kind: outcome["count"] for kind, outcome in summary["outcomes"].items()}

    measured(f"chaos, `stop brain` and `start brain` under 50 requests/s: {counts}")
    measured(
        f"circuit open {opened_s:.1f} s after the brain was told to stop ({seen_s:.1f} s after the command was typed), "
        f"closed {closed_s:.1f} s after `start brain`"
    )
    assert chaos.returncode == 0
    assert counts["error"] == 0
    assert counts["success"] > 0
    assert counts["circuit_open"] > 0
    assert opened_s < 2.0


def test_a_killed_brain_comes_back_under_another_address(healthy: Project, measured: Measured) -> None:
    """The gateway looks the name up again: a container may get another address at each start."""
    before = healthy.address("brain")
    healthy.compose("kill", "brain")
    blind = [healthy.post(f"killed-{secrets.token_hex(6)}").raise_for_status().json() for _ in range(10)]
    squatters = take_address(healthy, before)
    try:
        healthy.compose("start", "brain")
        scored_s = healthy.wait_scored()
        after = healthy.address("brain")
    finally:
        engine.run(["docker", "rm", "--force", *squatters])

    measured(f"killed brain back at another address: scores again {scored_s:.1f} s after `start brain`")
    assert before != after
    assert {(reply["scored"], reply["risk_score"], reply["risk_level"]) for reply in blind} == {
        (False, None, "unknown")
    }
    assert blind[-1]["fallback"]["reason_code"] == "CIRCUIT_OPEN"


def test_a_killed_db_costs_no_verdict_and_nothing_that_was_acknowledged(healthy: Project, measured: Measured) -> None:
    """They wait in the journal, `pending`, and stand in the ledger soon after its return, without a restart."""
    started = {service: healthy.inspect(service)["State"]["StartedAt"] for service in ("brain", "gateway")}
    with Load(healthy.url) as load:
        wait_until(lambda: len(load.answers) > 100)
        healthy.compose("kill", "db")
        killed_at = len(load.answers)
        time.sleep(10)
        healthy.compose("start", "db")
        cleared_s = wait_until(lambda: healthy.get("/ledger/status")["pending"] == 0, within_s=30.0)
        time.sleep(3)
    wait_until(lambda: healthy.get("/ledger/status")["pending"] == 0, within_s=30.0)
    waited = [answer for answer in load.answers if answer.body.get("ledger_status") == "pending"]
    stands = {
        found["transaction_id"]: found["verdict"]["decision"]
        for found in healthy.ledger.find({"transaction_id": {"$regex": "^load-"}})
    }
    missing = [a for a in load.answers if stands.get(a.transaction_id) != a.body.get("decision")]
    slowest_ms = max(answer.latency_ms for answer in load.answers[killed_at:])

    measured(
        f"`kill db` under load: {len(load.answers)} acknowledged, {len(waited)} pending, {len(missing)} missing "
        f"afterwards, the slowest in {slowest_ms:.0f} ms; backlog cleared {cleared_s:.1f} s after `start db`"
    )
    assert {answer.status for answer in load.answers} == {200}
    assert waited
    assert missing == []
    assert slowest_ms < ANSWER_MS_MAX
    assert started == {service: healthy.inspect(service)["State"]["StartedAt"] for service in started}


def test_the_gateway_starts_and_answers_without_its_neighbours(healthy: Project) -> None:
    """No start waits for another: first blind verdicts in the journal, then in the ledger, then scores."""
    healthy.compose("stop", "brain", "db")
    healthy.compose("restart", "gateway")
    wait_until(lambda: gateway_is_ready(healthy))

    alone = healthy.post(f"alone-{secrets.token_hex(4)}").raise_for_status().json()
    healthy.compose("start", "db")
    wait_until(lambda: healthy.get("/ledger/status")["pending"] == 0, within_s=30.0)
    blind = healthy.post(f"blind-{secrets.token_hex(4)}").raise_for_status().json()
    healthy.compose("start", "brain")
    healthy.wait_scored()

    assert (alone["scored"], alone["ledger_status"]) == (False, "pending")
    assert not blind["scored"]


def gateway_is_ready(project: Project) -> bool:
    """Whether the gateway has begun to answer."""
    try:
        return project.client.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_everything_ends_in_order_when_it_is_asked_to(healthy: Project, measured: Measured) -> None:
    """PID 1 gets SIGTERM and leaves with status 0, long before the engine would kill it."""
    began_s = time.monotonic()
    healthy.compose("stop")
    took_s = time.monotonic() - began_s
    statuses = {service: healthy.inspect(service)["State"]["ExitCode"] for service in SERVICES}

    measured(f"`stop` of everything took {took_s:.1f} s")
    assert statuses == dict.fromkeys(SERVICES, 0)  # 137: killed, because it did not listen
