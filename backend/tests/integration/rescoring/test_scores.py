"""What was decided blind is scored after all, without any customer's help, as it would have been scored in time."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.features.outages.schemas import OutageOut
from tests.callers import caller
from tests.ledger_records import LedgerRecords, keys_of
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from tests.rescoring import post_many, settled_once, wait_for_outages
from tests.stack import Stack, running_stack, wait_until


def test_recovery_needs_no_customer_and_leaves_nothing_blind(stack: Stack, ledger_records: LedgerRecords) -> None:
    """
    The brain dies under load and comes back when nobody pays any more.

    The circuit closes by itself, each blind verdict is amended or confirmed, each flip is told once, and the outage
    has its figures.
    """
    post_many(stack, 20)
    stack.brain.kill()
    blind = [reply for reply in post_many(stack, 300) if not reply["scored"]]
    assert len(blind) == 300
    assert ledger_records.backlog() == 300
    wait_until(lambda: stack.get("/ledger/status")["rescore_backlog"]["count"] == 300)
    (outage,) = wait_for_outages(stack, 1)
    assert (outage["is_open"], outage["figures"]["blind"]) == (True, 300)
    assert OutageOut.model_validate(outage).ended_at is None

    stack.brain.start()

    wait_until(lambda: stack.get("/circuit/status")["state"] == "closed", within_s=30)
    wait_until(lambda: ledger_records.backlog() == 0, within_s=60)
    settled_once(ledger_records.records(), blind)
    records = [record for record in ledger_records.records().values() if not record["verdict"]["scored"]]
    approved = [record for record in records if record["verdict"]["decision"] == "approve"]  # all, but for a slow disk
    flipped = [record for record in records if record["amendments"][0]["old"] != record["amendments"][0]["new"]]
    flips = {record["transaction_id"] for record in flipped}
    wait_until(lambda: keys_of("verdict.amended", stack.worker).keys() == flips, within_s=30)
    assert set(keys_of("verdict.amended", stack.worker).values()) == {1}
    wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
    (ended,) = stack.get("/outages")["outages"]
    assert ended["cause"] == "SCORER_UNAVAILABLE"
    assert ended["figures"] == {
        "blind": 300, "suspect": 0, "degraded": 0, "approved": len(approved), "unpriced": 0, "rescored": 300,
        "flipped": len(flipped), "unscorable": 0, "open": 0,
        "amount_exposed": worth(approved), "amount_flipped": worth(flipped), "currency": "USD",
    }  # fmt: skip
    assert stack.get(f"/outages/{ended['outage_id']}") == ended
    assert OutageOut.model_validate(ended).ended_at is not None
    assert keys_of("outage.started", stack.gateway) == {ended["outage_id"]: 1}
    assert keys_of("outage.ended", stack.worker) == {ended["outage_id"]: 1}
    assert stack.get("/ledger/status")["rescore_backlog"] == {"count": 0, "oldest_at": None}


def worth(records: list[dict[str, Any]]) -> str:
    """All together; each is in US dollars."""
    return f"{sum(record['amount'].to_decimal() for record in records):.2f}"


@pytest.fixture
def shipped(environment: dict[str, str]) -> dict[str, str]:
    """Environment of a brain with the shipped model, whose scores a history moves."""
    return {name: value for name, value in environment.items() if name != "BRAIN_MODEL_DIR"}


def test_a_late_score_is_the_one_that_would_have_been(
    mongod_url: str, tmp_path: Path, shipped: dict[str, str], ledger_records: LedgerRecords
) -> None:
    """
    Two users with the same life; the one's last payments meet an outage.

    Each is scored as of its own time: with what came before it, blind or not, and without what came after.
    """
    with running_stack(tmp_path, mongod_url, shipped, with_worker=True) as stack:
        two_lives(stack, ledger_records)


def two_lives(stack: Stack, ledger_records: LedgerRecords) -> None:
    """Both are lived, and compared."""
    start = datetime.now(UTC) - timedelta(days=2)

    def pay(user: str, number: int) -> dict[str, Any]:
        at = (start + timedelta(hours=number)).isoformat()
        return stack.post(
            f"{user}-{number}", user_id=user, amount=20 + 9 * number, merchant_id=f"m-{user}", timestamp=at
        )

    for number in range(16):
        pay("lucky", number)
    lucky = [pay("lucky", number)["risk_score"] for number in range(16)]
    for number in range(8):
        pay("unlucky", number)
    stack.brain.kill()
    for number in range(8, 16):
        assert pay("unlucky", number)["scored"] is False

    stack.brain.start()

    wait_until(lambda: ledger_records.backlog() == 0, within_s=60)
    records = ledger_records.records()
    late = [records[f"unlucky-{number}"]["amendments"][0]["score"] for number in range(8, 16)]
    assert late == lucky[8:]
    assert len(set(late)) > 1


def test_a_degraded_verdict_is_scored_again_when_history_is_back(
    mongod_url: str,
    own_mongod: MongodProcess,
    tmp_path: Path,
    environment: dict[str, str],
    ledger_records: LedgerRecords,
) -> None:
    """The brain's MongoDB is away and the ledger is not: verdicts say so, and wait until history is read."""
    with (
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=environment) as brain,
        GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment) as gateway,
        WorkerProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment),
        caller(gateway.url) as client,
    ):
        stack = Stack(brain, gateway, client)
        wait_until(stack.has_its_neighbours)
        own_mongod.kill()
        degraded = wait_for_degraded(stack)
        wait_until(lambda: "rescore_degraded" in ledger_records.records()[degraded["transaction_id"]], within_s=30)
        assert ledger_records.records()[degraded["transaction_id"]]["amendments"] == []

        own_mongod.start()

        wait_until(lambda: ledger_records.backlog() == 0, within_s=90)
        record = ledger_records.records()[degraded["transaction_id"]]
        assert [(a["reason"], a["degraded"]) for a in record["amendments"]] == [("DEGRADED", [])]
        assert "rescore_degraded" not in record


def wait_for_degraded(stack: Stack) -> dict[str, Any]:
    """A verdict whose score was made without history."""
    replies: list[dict[str, Any]] = []

    def is_degraded() -> bool:
        name = secrets.token_hex(6)
        replies.append(stack.post(name, user_id=f"user_{name}"))
        return bool(replies[-1]["degraded"])

    wait_until(is_degraded, within_s=30)
    return replies[-1]


def test_what_can_never_be_scored_is_closed(stack: Stack, ledger_records: LedgerRecords) -> None:
    """The brain refuses one record, another cannot be read: neither is tried for ever, and the rest is settled."""
    stack.brain.kill()
    for name in ("refused", "unreadable", "plain"):
        assert stack.post(name)["scored"] is False
    ledger_records.change("refused", user_id="x" * 300)  # more than the brain takes
    ledger_records.change("unreadable", currency="???")

    stack.brain.start()

    wait_until(lambda: ledger_records.backlog() == 0, within_s=60)
    records = ledger_records.records()
    assert "user_id is longer" in records["refused"]["rescore_closed"]["why"]
    assert records["unreadable"]["rescore_closed"]["why"] == "unreadable record"
    assert [len(records[name]["amendments"]) for name in ("refused", "unreadable", "plain")] == [0, 0, 1]
    wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
    figures = stack.get("/outages")["outages"][0]["figures"]
    assert (figures["blind"], figures["rescored"], figures["unscorable"]) == (3, 1, 2)
