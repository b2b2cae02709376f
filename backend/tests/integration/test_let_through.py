"""Blocks that are let through by lot, in a running gateway: marked, and no more than a day may cost."""

from pathlib import Path
from time import time
from typing import Any

from gateway.features.budgets import snapshot
from gateway.verdict.budgets.let_through import Spending
from gateway.verdict.budgets.service import Budgets
from tests.integration.test_budgets import that_may_block
from tests.payments_scored import DAY_S
from tests.scores import CONTROLLED, score_all
from tests.stack import Stack, running_stack, wait_until

LOT = {"GATEWAY_LET_THROUGH_SHARE": "0.2", "GATEWAY_LET_THROUGH_DAY_MAX": "50", "GATEWAY_DECLINE_CAP": "0.05"}
PART_MINOR = 50_00  # five payments


def today() -> int:
    """Days since the epoch, UTC."""
    return int(time() // DAY_S)


def pay(stack: Stack, name: str, count: int) -> list[dict[str, Any]]:
    """So many payments of 10 USD; their verdicts."""
    verdicts: list[dict[str, Any]] = []
    for start in range(0, count, 500):
        numbers = range(start, min(start + 500, count))
        items = [{"transaction_id": f"{name}{n}", "amount": 10, "currency": "USD", "user_id": f"u{n}"} for n in numbers]
        reply = stack.client.post("/transactions", json={"transactions": items}, timeout=60)
        verdicts += [result["verdict"] for result in reply.raise_for_status().json()["results"]]
    return verdicts


def let_through(verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that were."""
    return [verdict for verdict in verdicts if verdict["budget"] and verdict["budget"]["name"] == "let_through"]


def are_in_ledger(stack: Stack, verdicts: list[dict[str, Any]]) -> bool:
    """Whether all are, and none waits in the journal."""
    records = [stack.get(f"/transactions/{verdict['transaction_id']}") for verdict in verdicts]
    return {record["ledger_status"] for record in records} == {"committed"}


def has_seen_the_day_begin(stack: Stack, path: Path) -> None:
    """Start the gateway anew, with a file of today."""
    budgets = Budgets(time)
    budgets.let_through.spending = Spending(today(), PART_MINOR)
    stack.gateway.stop()
    snapshot.write(path, snapshot.encode(budgets))
    stack.gateway.start()
    wait_until(stack.has_its_neighbours)


def test_a_few_blocks_are_let_through_and_the_day_has_its_cap(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Of some 90 blocks one in five is drawn, and five are paid for; the record keeps the chance."""
    environment = fresh_databases | CONTROLLED | LOT | {"BRAIN_MODEL_DIR": that_may_block(tmp_path)}
    with running_stack(tmp_path, mongod_url, environment) as stack:
        kept = tmp_path / f"journal-{stack.gateway.port}" / "budgets-0.json"
        has_seen_the_day_begin(stack, kept)
        first = today()
        score_all(stack, 0.0)
        pay(stack, "ordinary", 1_500)
        score_all(stack, 0.99)

        drawn = let_through(pay(stack, "fraud", 100))
        days = 1 + today() - first

        assert 5 <= len(drawn) <= 5 * days
        assert {verdict["decision"] for verdict in drawn} == {"approve"}
        record = stack.get(f"/transactions/{drawn[0]['transaction_id']}")
        marked = {"name": "let_through", "model_decision": "block", "probability": 0.2}
        assert record["budget"] == drawn[0]["budget"] == marked
        wait_until(lambda: are_in_ledger(stack, drawn))
        assert stack.get("/stats")["budgets"]["let_through"]["spent_minor"] <= PART_MINOR
        wait_until(lambda: b'"spent_minor":5000' in kept.read_bytes() or days > 1)

        stack.gateway.kill()
        stack.gateway.start()
        wait_until(stack.has_its_neighbours)

        assert len(let_through(pay(stack, "later", 50))) <= 5 * (today() - first)
