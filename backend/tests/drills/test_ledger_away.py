"""The ledger is away for a minute under load: every verdict is given, quickly, and all of them arrive by themselves."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.drills.clients import Clients
from tests.drills.conftest import full_only
from tests.drills.ledger import reconciled
from tests.drills.receipts import Receipts
from tests.processes import MongodProcess
from tests.stack import running_stack, wait_until

NORMAL_S = 20.0
AWAY_S = 60.0
THROUGHPUT_MIN = 0.7  # of normal, in the same run


@full_only
def test_ledger_away(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], tell: Callable[[str], None]
) -> None:
    """kill -9 of mongod for 60 s: 0 answers that are no verdict, `pending`, then a backlog of 0 without an operator."""
    receipts = Receipts()
    with running_stack(tmp_path, own_mongod.url, fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150"}) as stack:
        with Clients([stack.gateway.url], receipts, clients=20):
            time.sleep(5.0)  # everything is warm
            normal_per_s = _rate(receipts, NORMAL_S)
            own_mongod.kill()
            away_per_s = _rate(receipts, AWAY_S)
            pending = stack.get("/ledger/status")["pending"]
            own_mongod.start()
            cleared_s = wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=120.0)
        wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=60.0)
        result = reconciled(own_mongod, fresh_databases, receipts)

    tell(f"{normal_per_s:.0f} verdicts/s with the ledger, {away_per_s:.0f} without ({away_per_s / normal_per_s:.2f})")
    tell(f"{pending:,} waited, cleared {cleared_s:.1f} s after its return; answers by status {dict(receipts.statuses)}")
    tell(f"acknowledged {result.acknowledged:,}, lost {len(result.lost)}, changed {len(result.changed)}")
    assert set(receipts.statuses) <= {200, 409}
    assert pending > 0
    assert away_per_s >= THROUGHPUT_MIN * normal_per_s
    assert (result.lost, result.changed, result.duplicates, receipts.contradictions) == ([], [], [], [])


def _rate(receipts: Receipts, seconds: float) -> float:
    """Verdicts a second over so many seconds."""
    before, began_s = receipts.statuses[200], time.monotonic()
    time.sleep(seconds)
    return (receipts.statuses[200] - before) / (time.monotonic() - began_s)
