"""An outage keeps its identity, its times and its figures, whoever was away or killed while it lasted."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from tests.ledger_records import LedgerRecords, keys_of
from tests.processes import MongodProcess
from tests.rescoring import post_many, settled_once, wait_for_outages
from tests.stack import Stack, running_stack, wait_until


def test_an_outage_of_both_is_remembered(
    own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]
) -> None:
    """The ledger is away before the brain is, and comes back after it: the outage still has its true times."""
    with running_stack(tmp_path, own_mongod.url, environment, with_worker=True) as stack:
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


def test_an_outage_outlives_the_gateway(stack: Stack, ledger_records: LedgerRecords) -> None:
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
    settled_once(ledger_records.records(), blind)
