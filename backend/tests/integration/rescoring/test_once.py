"""Each verdict is scored again exactly once, however many workers work on it, and though one is killed at work."""

from collections import Counter
from pathlib import Path

from tests.callers import caller
from tests.ledger_records import LedgerRecords, keys_of
from tests.processes import GatewayProcess, WorkerProcess
from tests.rescoring import post_many, settled_once
from tests.stack import Stack, wait_until


def holds_half(gateway: Stack) -> bool:
    """Whether it may approve half of what both may while blind."""
    return bool(gateway.get("/exposure")["per_outage"]["share"] == "500000.00")


def test_two_workers_settle_each_verdict_once(
    stack: Stack, ledger_records: LedgerRecords, mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Two gateways see one outage, two workers score again: no verdict gets two amendments, each flip has one id."""
    busy = WorkerProcess(tmp_path, mongodb_url=mongod_url, brain_port=stack.brain.port, environment=environment)
    second = GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=stack.brain.port, environment=environment)
    with busy, second, caller(second.url) as client:
        other = Stack(stack.brain, second, client)
        wait_until(other.has_its_neighbours)
        for gateway in (stack, other):  # each holds its part of the cap per outage
            wait_until(lambda gateway=gateway: holds_half(gateway), within_s=30)  # type: ignore[misc]
        stack.brain.kill()
        blind = post_many(stack, 400) + post_many(other, 400)
        assert not any(reply["scored"] for reply in blind)

        stack.brain.start()

        wait_until(lambda: ledger_records.backlog() == 0, within_s=60)
        settled_once(ledger_records.records(), blind)
        wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
        (outage,) = stack.get("/outages")["outages"]
        assert outage["figures"]["blind"] == outage["figures"]["rescored"] == 800
        assert len(outage["instances"]) == 2
        worked = [log.count('"rescore.settled"') for log in (stack.worker.log(), busy.log())]
        assert all(worked)
        flips = {t for t, record in ledger_records.records().items() if record["amendments"][0]["new"] == "review"}
        told = Counter(keys_of("verdict.amended", stack.worker)) + Counter(keys_of("verdict.amended", busy))
        assert told == dict.fromkeys(flips, 1)


def test_a_worker_killed_in_the_middle_of_it_costs_no_debt(stack: Stack, ledger_records: LedgerRecords) -> None:
    """kill -9 while they are leased: the next run finds them, and no verdict gets two amendments."""
    stack.brain.kill()
    blind = post_many(stack, 600)
    stack.brain.start()
    wait_until(lambda: 0 < ledger_records.backlog() < 600, within_s=30)

    stack.worker.kill()
    assert 0 < ledger_records.backlog() < 600
    stack.worker.start()

    wait_until(lambda: ledger_records.backlog() == 0, within_s=90)
    settled_once(ledger_records.records(), blind)
