"""The primary of three dies under load: verdicts wait in the journal until the next one is elected."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymongo

from tests.drills.clients import Clients
from tests.drills.conftest import full_only
from tests.drills.receipts import Receipts, Reconciliation
from tests.drills.replica_set import ReplicaSet
from tests.stack import running_stack, wait_until


@full_only
def test_failover(
    mongod_binary: Path, tmp_path: Path, fresh_databases: dict[str, str], tell: Callable[[str], None]
) -> None:
    """kill -9 of the primary, twice, each started again: 0 answers that are no verdict, nothing lost or rolled back."""
    receipts = Receipts()
    environment = fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150"}
    with (
        ReplicaSet(mongod_binary, tmp_path) as replica_set,
        running_stack(tmp_path, replica_set.url, environment) as stack,
    ):
        with Clients([stack.gateway.url], receipts, clients=10, think_s=0.02):
            for _ in range(2):
                time.sleep(5.0)
                primary = replica_set.primary()
                primary.kill()
                elected_s = wait_until(lambda: replica_set.primary() is not None, within_s=60.0)
                tell(f"another primary after {elected_s:.1f} s")
                time.sleep(3.0)
                primary.start()
            time.sleep(5.0)
        wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=60.0)
        with pymongo.MongoClient[dict[str, Any]](replica_set.url) as client:
            documents = list(client[environment["GATEWAY_LEDGER_DATABASE"]]["transactions"].find())
    result = Reconciliation.of(receipts, documents)

    tell(
        f"acknowledged {result.acknowledged:,}, {receipts.pending:,} of them pending, answers {dict(receipts.statuses)}"
    )
    tell(f"lost {len(result.lost)}, changed {len(result.changed)}, contradictions {len(receipts.contradictions)}")
    assert set(receipts.statuses) <= {200, 409}
    assert receipts.pending > 0
    assert (result.lost, result.changed, result.duplicates, receipts.contradictions) == ([], [], [], [])
