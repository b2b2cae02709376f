"""What was decided blind is scored after all, exactly once, without any customer's help."""

import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.book import Book, keys_of
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from tests.stack import CLIENT_TIMEOUT_S, Stack, running_stack, wait_until

SETTINGS = {
    "GATEWAY_CIRCUIT_RESET_S": "1",
    "GATEWAY_CANARY_S": "1",
    "GATEWAY_BLIND_ALERT_S": "2",
    "BRAIN_PROFILE_BUDGET_MS": "2000",  # a slow moment of the test machine is no lost history
}
RISKY = 900  # above 220 USD everything is fraud in the world that the model knows


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """Short times: the order of events is the same."""
    return fresh_databases | SETTINGS


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, environment: dict[str, str]) -> Iterator[Stack]:
    """A stack of this test alone."""
    with running_stack(tmp_path, mongod_url, environment) as running:
        yield running


@pytest.fixture
def book(mongod_url: str, environment: dict[str, str]) -> Iterator[Book]:
    """Of this test's gateways."""
    book = Book(mongod_url, environment)
    yield book
    book.close()


def post_many(stack: Stack, count: int, *, workers: int = 8) -> list[dict[str, Any]]:
    """Verdicts for new transactions, each third a risky one."""

    def post(number: int) -> dict[str, Any]:
        name = secrets.token_hex(6)
        return stack.post(f"t-{name}", user_id=f"user_{name}", amount=RISKY if number % 3 == 0 else 12.5)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(post, range(count)))


def settled_once(records: Mapping[str, Mapping[str, Any]], replies: list[dict[str, Any]]) -> None:
    """Each blind verdict stands as it was given, and has exactly one amendment."""
    for reply in replies:
        record = records[reply["transaction_id"]]
        assert record["verdict"]["scored"] is reply["scored"]
        assert record["verdict"]["decision"] == reply["decision"]
        if not reply["scored"]:
            (amendment,) = record["amendments"]
            assert amendment["reason"] == reply["fallback"]["reason_code"]
            assert (amendment["old"], amendment["new"]) == (
                "approve",
                "block" if record["amount"].to_decimal() == RISKY else "approve",
            )
            assert amendment["degraded"] == []


def test_recovery_needs_no_customer_and_leaves_nothing_blind(stack: Stack, book: Book) -> None:
    """
    The brain dies under load and comes back when nobody pays any more.

    The circuit closes by itself, each blind verdict is amended or confirmed, each flip is told once, and the outage
    has its figures.
    """
    post_many(stack, 20)
    stack.brain.kill()
    blind = [reply for reply in post_many(stack, 300) if not reply["scored"]]
    assert len(blind) == 300
    assert book.debts() == 300
    wait_until(lambda: stack.get("/ledger/status")["blind_debt"]["count"] == 300)
    (outage,) = wait_for_outages(stack, 1)
    assert (outage["is_open"], outage["figures"]["blind"]) == (True, 300)

    stack.brain.start()

    wait_until(lambda: stack.get("/circuit/status")["state"] == "closed", within_s=30)
    wait_until(lambda: book.debts() == 0, within_s=60)
    settled_once(book.records(), blind)
    flips = {
        reply["transaction_id"]
        for reply in blind
        if book.records()[reply["transaction_id"]]["amendments"][0]["new"] == "block"
    }
    assert len(flips) == 100
    wait_until(lambda: keys_of("verdict.amended", stack.gateway).keys() == flips, within_s=30)
    assert set(keys_of("verdict.amended", stack.gateway).values()) == {1}
    wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
    (ended,) = stack.get("/outages")["outages"]
    assert ended["cause"] == "SCORER_UNAVAILABLE"
    assert ended["figures"] == {
        "blind": 300, "doubted": 0, "approved": 300, "unpriced": 0, "rescored": 300, "flipped": 100, "unscorable": 0,
        "open": 0, "amount_exposed": "92500.00", "amount_flipped": "90000.00", "currency": "USD",
    }  # fmt: skip
    assert stack.get(f"/outages/{ended['outage_id']}") == ended
    assert keys_of("outage.started", stack.gateway) == {ended["outage_id"]: 1}
    assert keys_of("outage.ended", stack.gateway) == {ended["outage_id"]: 1}
    assert stack.get("/ledger/status")["blind_debt"] == {"count": 0, "oldest_at": None}


def wait_for_outages(stack: Stack, count: int) -> list[dict[str, Any]]:
    """So many are known."""
    wait_until(lambda: len(stack.get("/outages")["outages"]) == count, within_s=30)
    return list(stack.get("/outages")["outages"])


def test_a_late_score_is_the_one_that_would_have_been(stack: Stack, book: Book) -> None:
    """
    Two users with the same life; the one's last payments meet an outage.

    Each is scored as of its own time: with what came before it, blind or not, and without what came after.
    """
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

    wait_until(lambda: book.debts() == 0, within_s=60)
    records = book.records()
    late = [records[f"unlucky-{number}"]["amendments"][0]["score"] for number in range(8, 16)]
    assert late == lucky[8:]
    assert len(set(late)) > 1


def holds_half(gateway: Stack) -> bool:
    """Whether it may approve half of what both may while blind."""
    return bool(gateway.get("/exposure")["per_outage"]["share"] == "500000.00")


def test_two_gateways_settle_each_debt_once(
    stack: Stack, book: Book, mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Both see one outage, both work, and no verdict gets two amendments."""
    second = GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=stack.brain.port, environment=environment)
    with second, httpx.Client(base_url=second.url, timeout=CLIENT_TIMEOUT_S) as client:
        other = Stack(stack.brain, second, client)
        wait_until(lambda: other.get("/health")["status"] == "healthy")
        for gateway in (stack, other):  # each holds its part of the cap per outage
            wait_until(lambda gateway=gateway: holds_half(gateway), within_s=30)  # type: ignore[misc]
        stack.brain.kill()
        blind = post_many(stack, 400) + post_many(other, 400)
        assert not any(reply["scored"] for reply in blind)

        stack.brain.start()

        wait_until(lambda: book.debts() == 0, within_s=60)
        settled_once(book.records(), blind)
        wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
        (outage,) = stack.get("/outages")["outages"]
        assert outage["figures"]["blind"] == outage["figures"]["rescored"] == 800
        assert len(outage["instances"]) == 2
        worked = [log.count('"debts.worked_off"') for log in (stack.gateway.log(), second.log())]
        assert all(worked)


def test_a_gateway_killed_in_the_middle_of_it_costs_no_debt(stack: Stack, book: Book) -> None:
    """kill -9 while debts are leased: the next run finds them, and no verdict gets two amendments."""
    stack.brain.kill()
    blind = post_many(stack, 600)
    stack.brain.start()
    wait_until(lambda: 0 < book.debts() < 600, within_s=30)

    stack.gateway.kill()
    assert 0 < book.debts() < 600
    stack.gateway.start()

    wait_until(lambda: book.debts() == 0, within_s=90)
    settled_once(book.records(), blind)


def test_a_degraded_verdict_is_scored_again_when_history_is_back(
    mongod_url: str, own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str], book: Book
) -> None:
    """The brain's MongoDB is away and the ledger is not: verdicts say so, and stay debts until history is read."""
    hasty = environment | {"BRAIN_PROFILE_BUDGET_MS": "200"}  # less than a score may take
    with (
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=hasty) as brain,
        GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=hasty) as gateway,
        httpx.Client(base_url=gateway.url, timeout=CLIENT_TIMEOUT_S) as client,
    ):
        stack = Stack(brain, gateway, client)
        wait_until(lambda: stack.get("/health")["status"] == "healthy")
        own_mongod.kill()
        degraded = wait_for_degraded(stack)
        wait_until(lambda: "debt_degraded" in book.records()[degraded["transaction_id"]], within_s=30)
        assert book.records()[degraded["transaction_id"]]["amendments"] == []

        own_mongod.start()

        wait_until(lambda: book.debts() == 0, within_s=90)
        record = book.records()[degraded["transaction_id"]]
        assert [(a["reason"], a["degraded"]) for a in record["amendments"]] == [("DEGRADED", [])]
        assert "debt_degraded" not in record


def wait_for_degraded(stack: Stack) -> dict[str, Any]:
    """A verdict whose score was made without history."""
    replies: list[dict[str, Any]] = []

    def is_degraded() -> bool:
        name = secrets.token_hex(6)
        replies.append(stack.post(name, user_id=f"user_{name}"))
        return bool(replies[-1]["degraded"])

    wait_until(is_degraded, within_s=30)
    return replies[-1]


def test_what_can_never_be_scored_is_closed(stack: Stack, book: Book) -> None:
    """The brain refuses one record, another cannot be read: neither is tried for ever, and the rest is settled."""
    stack.brain.kill()
    for name in ("refused", "unreadable", "plain"):
        assert stack.post(name)["scored"] is False
    book.change("refused", user_id="x" * 300)  # more than the brain takes
    book.change("unreadable", currency="???")

    stack.brain.start()

    wait_until(lambda: book.debts() == 0, within_s=60)
    records = book.records()
    assert "user_id is longer" in records["refused"]["debt_closed"]["why"]
    assert records["unreadable"]["debt_closed"]["why"] == "unreadable record"
    assert [len(records[name]["amendments"]) for name in ("refused", "unreadable", "plain")] == [0, 0, 1]
    wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
    figures = stack.get("/outages")["outages"][0]["figures"]
    assert (figures["blind"], figures["rescored"], figures["unscorable"]) == (3, 1, 2)


def test_an_outage_of_both_is_remembered(
    own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]
) -> None:
    """The ledger is away before the brain is, and comes back after it: the outage still has its true times."""
    with running_stack(tmp_path, own_mongod.url, environment) as stack:
        wait_until(lambda: stack.post(secrets.token_hex(6))["ledger_status"] == "committed")
        own_mongod.kill()
        wait_until(lambda: stack.post(secrets.token_hex(6))["ledger_status"] == "pending")
        before = datetime.now(UTC)
        stack.brain.kill()
        blind = [stack.post(f"blind-{n}") for n in range(10)]
        assert {(reply["scored"], reply["ledger_status"]) for reply in blind} == {(False, "pending")}
        wait_until(lambda: bool(keys_of("scorer.blind", stack.gateway)), within_s=30)
        stack.brain.start()
        wait_until(lambda: stack.get("/circuit/status")["state"] == "closed", within_s=30)
        after = datetime.now(UTC)

        own_mongod.start()

        wait_until(lambda: settled_outages(stack) == 1, within_s=60)
        (outage,) = stack.get("/outages")["outages"]
        assert before <= datetime.fromisoformat(outage["from"]) <= datetime.fromisoformat(outage["to"]) <= after
        assert (outage["figures"]["blind"], outage["figures"]["rescored"]) == (10, 10)


def settled_outages(stack: Stack) -> int:
    """How many have final figures; none while the ledger is away."""
    response = stack.client.get("/outages")
    return sum(outage["is_settled"] for outage in response.json()["outages"]) if response.status_code == 200 else 0


def test_an_outage_outlives_the_gateway(stack: Stack, book: Book) -> None:
    """kill -9 while it lasts: the next run does not end it before it has seen the brain itself, and begins no other."""
    stack.brain.kill()
    blind = post_many(stack, 20)
    (before,) = wait_for_outages(stack, 1)
    stack.gateway.kill()
    stack.gateway.start()
    still = stack.get("/outages")["outages"]
    blind += post_many(stack, 20)

    stack.brain.start()

    wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=60)
    (outage,) = stack.get("/outages")["outages"]
    assert [(o["outage_id"], o["is_open"]) for o in still] == [(before["outage_id"], True)]
    assert (outage["outage_id"], outage["from"]) == (before["outage_id"], before["from"])
    assert (outage["figures"]["blind"], outage["figures"]["rescored"]) == (40, 40)
    settled_once(book.records(), blind)
