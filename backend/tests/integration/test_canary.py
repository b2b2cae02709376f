"""A brain that answers is not a brain that scores: unhealthy ones are found, and their verdicts looked at again."""

import secrets
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.domain import RiskLevel, Transaction
from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.canary.watch import CanaryWatch, SuspectScores
from gateway.scoring.errors import SCORER_ERRORS
from gateway.scoring.scorer import Scorer
from gateway.scoring.stream import Reach
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from local.ports import pick_free_port
from tests.amount_model import RISKY
from tests.callers import get
from tests.ledger_records import LedgerRecords, keys_of
from tests.processes import BrainProcess, GatewayProcess
from tests.stack import PATIENT, Stack, running_stack, wait_until
from tests.waiting import eventually

CONSTANT = {"BRAIN_FAULT_CONSTANT_SCORE": "0.01"}


@pytest.fixture
def environment(fresh_databases: dict[str, str], amount_model: dict[str, str]) -> dict[str, str]:
    """Canaries as in production; a circuit that tries again after 1 s."""
    return fresh_databases | amount_model | {"GATEWAY_CIRCUIT_RESET_S": "1"}


@contextmanager
def restarted(stack: Stack, mongod_url: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Another brain at the brain's address, with this environment; afterwards the first one again."""
    stack.brain.stop()
    with BrainProcess(
        stack.brain.log_path.parent, mongodb_url=mongod_url, port=stack.brain.port, environment=environment
    ):
        yield
    stack.brain.start()


def pay(stack: Stack, name: str, amount: float = RISKY) -> dict[str, Any]:
    """A verdict for somebody new."""
    return stack.post(name, user_id=f"user_{name}", amount=amount)


def wait_for_a_canary(stack: Stack) -> None:
    """Until the next one has passed."""
    last = stack.get("/health")["scorer"]["last_canary_at"]
    wait_until(lambda: bool(stack.get("/health")["scorer"]["last_canary_at"] != last))


def is_scored(stack: Stack) -> bool:
    """Whether a new payment gets a score now."""
    return bool(pay(stack, secrets.token_hex(6), 12.5)["scored"])


def test_a_constant_brain_is_found_and_its_verdicts_are_looked_at_again(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], ledger_records: LedgerRecords
) -> None:
    """
    After two canaries nobody asks it, the circuit is open, and one alert says why.

    When it is well again, and nobody pays, what it let through is amended, and each flip is told once.
    """
    with (
        running_stack(tmp_path, mongod_url, PATIENT | environment, with_worker=True) as stack,
        ThreadPoolExecutor(10) as pool,
    ):
        true = [pay(stack, f"true-{n}") for n in range(3)]
        for _ in range(2):  # the first one may have begun before these
            wait_for_a_canary(stack)
        with restarted(stack, mongod_url, environment | CONSTANT):
            wait_until(lambda: is_scored(stack))
            lies = list(pool.map(lambda n: pay(stack, f"lie-{n}"), range(10)))  # at once: all before it is found
            wait_until(lambda: bool(keys_of("scorer.blind", stack.gateway)))
            status = stack.get("/circuit/status")
            blind = pay(stack, "blind")
            wait_until(lambda: all("needs_rescore" in ledger_records.records()[lie["transaction_id"]] for lie in lies))
        wait_until(lambda: ledger_records.backlog() == 0, within_s=60)
        wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"])

        records, (outage,) = ledger_records.records(), stack.get("/outages")["outages"][:1]
        assert {(reply["decision"], reply["scored"]) for reply in lies} == {("approve", True)}
        assert (status["state"], status["brains"][0]["is_distrusted"], blind["scored"]) == ("open", True, False)
        for lie in lies:
            record = records[lie["transaction_id"]]
            (amendment,) = record["amendments"]
            assert (amendment["reason"], amendment["old"], amendment["new"]) == ("CANARY", "approve", "review")
            assert record["verdict"]["risk_score"] == 0.01
        assert not any(records[reply["transaction_id"]]["amendments"] for reply in true)
        late = [record["amendments"][-1]["score"] for record in records.values() if record["amendments"]]
        assert 0.01 not in late  # neither what met the restart was left with what the unhealthy brain said of it
        flips = {lie["transaction_id"] for lie in lies} | {"blind"}
        wait_until(lambda: keys_of("verdict.amended", stack.worker) == dict.fromkeys(flips, 1))
        (alert,) = stack.get("/alerts?kind=scorer.blind")["alerts"]
        assert (alert["key"], alert["data"]["cause"]) == (outage["outage_id"], "canary")
        assert (outage["cause"], outage["figures"]["flipped"]) == ("CANARY", 11)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("nan_rate", "SCORER_INVALID_RESPONSE"),
        ("wrong_id_rate", "SCORER_INVALID_RESPONSE"),
        ("drop_rate", "SCORER_TIMEOUT"),
    ],
)
def test_what_cannot_be_true_and_what_does_not_come_are_failures(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], fault: str, reason: str
) -> None:
    """Three in a row open the circuit, re-scores of the first ones among them, and no verdict has such a score."""
    calm = {"GATEWAY_CANARY_S": "3600", "GATEWAY_CIRCUIT_RESET_S": "60"}
    switch = {"GATEWAY_FAULT_CONTROL": "true", "BRAIN_FAULT_CONTROL": "true"}  # on once the first canary has passed
    with running_stack(tmp_path, mongod_url, environment | PATIENT | calm | switch) as stack:
        assert stack.client.put("/faults", json={fault: 1}).status_code == 200
        replies = [pay(stack, f"t{n}") for n in range(4)]
        reasons = [reply["fallback"]["reason_code"] for reply in replies]

        assert (reasons[0], reasons[-1]) == (reason, "CIRCUIT_OPEN")
        assert reasons == sorted(reasons, key=lambda code: code == "CIRCUIT_OPEN")
        assert set(reasons) == {reason, "CIRCUIT_OPEN"}
        assert {reply["risk_score"] for reply in replies} == {None}


def test_half_a_batch_that_is_not_answered_is_asked_for_again(
    mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Hedges find the other half: some verdicts are blind, most are not, and none waits past its budget."""
    with (
        running_stack(
            tmp_path, mongod_url, environment | {"BRAIN_FAULT_DROP_RATE": "0.5", "GATEWAY_CIRCUIT_FAIL_MAX": "1000"}
        ) as stack,
        ThreadPoolExecutor(8) as pool,
    ):
        replies = list(pool.map(lambda n: pay(stack, f"t{n}"), range(200)))

    scored = [reply for reply in replies if reply["scored"]]
    assert len(scored) >= 100
    assert {reply["decision"] for reply in scored} == {"review"}


def test_a_wrong_address_from_the_start_is_an_alert(
    mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Nobody pays, nothing was ever scored, and every process looks well: within a minute somebody hears of it."""
    with GatewayProcess(
        tmp_path, mongodb_url=mongod_url, brain_port=pick_free_port(), environment=environment
    ) as alone:
        wait_until(lambda: bool(keys_of("scorer.blind", alone)), within_s=120)
        time.sleep(10)
        health = get(f"{alone.url}/health").json()
        (alert,) = get(f"{alone.url}/alerts?kind=scorer.blind").json()["alerts"]

    assert (alert["data"]["never_scored"], alert["data"]["cause"]) == (True, "no_score")
    assert health["scorer"] == {
        "last_score_at": None, "seconds_since": None, "last_canary_at": None, "blind_share_1m": None,
        "degraded_share_1m": None, "is_blind": True,
    }  # fmt: skip
    assert health["status"] == "degraded"
    codes = {condition["code"] for condition in health["conditions"]}
    assert codes - {"WORKER_AWAY"} == {"BRAIN_UNREACHABLE", "NO_SCORES"}  # and there is no worker, for as long


async def test_one_unhealthy_brain_of_three_is_not_asked(
    mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Each brain is looked at on its own: the others score for all, and it is taken back when it is well."""
    with ExitStack() as running:
        brains = [
            running.enter_context(BrainProcess(tmp_path, mongodb_url=mongod_url, environment=environment | faults))
            for faults in (CONSTANT, {}, {})
        ]
        unhealthy = f"127.0.0.1:{brains[0].port}"

        async def resolve() -> list[str]:
            return [f"127.0.0.1:{brain.port}" for brain in brains]

        suspects: list[SuspectScores] = []
        scorer = Scorer(
            Settings(scoring_budget_ms=3_000), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30), resolve=resolve
        )
        canary = CanaryWatch(scorer, scorer.monitor, every_s=5, on_suspect=suspects.append)

        async def look_finds(*distrusted: str) -> bool:
            await canary.look()
            return [brain.address for brain in scorer.brains() if brain.is_distrusted] == list(distrusted)

        await scorer.start()
        try:
            await until_live(scorer, 3)
            assert await look_finds()  # one may be mistaken
            await eventually(lambda: look_finds(unhealthy))
            before = {brain.address: brain.answered for brain in scorer.brains()}
            scores = [await scorer.score(a_payment()) for _ in range(60)]
            after = {brain.address: brain.answered for brain in scorer.brains()}
            brains[0].kill()
            healed = BrainProcess(tmp_path, mongodb_url=mongod_url, port=brains[0].port, environment=environment)
            running.enter_context(healed)
            await until_live(scorer, 3)
            await eventually(look_finds)
        finally:
            await scorer.close()

    assert scorer.circuit.state is CircuitState.CLOSED
    assert {score.risk_level for score in scores} == {RiskLevel.CRITICAL}
    assert after[unhealthy] == before[unhealthy]
    assert [suspect_scores.model for suspect_scores in suspects] == [("sentinel-gbdt", scores[0].model_version)]


async def until_live(scorer: Scorer, count: int) -> None:
    """So many brains have accepted a stream."""
    await eventually(lambda: sum(brain.reach is Reach.LIVE for brain in scorer.brains()) >= count)


def a_payment() -> Transaction:
    """Of somebody new, and plainly risky."""
    name = secrets.token_hex(6)
    return to_transaction({"transaction_id": name, "amount": Decimal(RISKY), "currency": "USD", "user_id": name})
