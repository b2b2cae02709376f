"""What a bad disk and a bad moment do to acknowledged verdicts: damage, a crowd without a ledger, an orderly stop."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drills.clients import Clients
from tests.drills.conftest import full_only
from tests.drills.crowd import Crowd
from tests.drills.ledger import documents
from tests.drills.receipts import Receipts
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack, wait_until
from tests.unit.ledger.journal import ruins

Tell = Callable[[str], None]
POSTING_S = 10.0
CROWD_S = 60.0
AWAY_S = 20.0  # of a stop's grace

RUINS = [
    ruins.log_over_written, ruins.log_deleted, ruins.log_cut, ruins.file_emptied, ruins.file_head_zeroed,
    ruins.file_over_written, ruins.both_over_written, ruins.both_deleted,
]  # fmt: skip


@full_only
@pytest.mark.parametrize("is_killed", [True, False], ids=["kill -9, then damage", "damage while it runs"])
def test_hostile_damage(
    is_killed: bool, own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell
) -> None:
    """Damage after damage: what was acknowledged is in the ledger or named as lost, and never both."""
    receipts, journal = Receipts(), tmp_path / "journal"
    environment = fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_JOURNAL_DIR": str(journal)}
    with running_stack(tmp_path, own_mongod.url, environment) as stack:
        for ruin in RUINS:
            before, lost_before = len(receipts.verdicts), stack.get("/ledger/status")["lost"]
            own_mongod.kill()
            with Clients([stack.gateway.url], receipts, clients=8):
                time.sleep(POSTING_S)
            if is_killed:
                stack.gateway.kill()
            ruin(journal)
            if is_killed:
                stack.gateway.start()
            own_mongod.start()
            wait_until(lambda: _is_drained(stack), within_s=120.0)
            arrived = {document["transaction_id"] for document in documents(own_mongod, environment)}
            status, gone = stack.get("/ledger/status"), receipts.verdicts.keys() - arrived
            tell(
                f"{ruin.__name__}: {len(receipts.verdicts) - before:,} acknowledged, "
                f"{status['lost'] - lost_before} lost and told; untold {len(gone) - status['lost']}"
            )
            assert status["lost"] == len(gone)
        wait_until(lambda: sum(_told(stack)) == stack.get("/ledger/status")["lost"])
        tell(f"answers by status {dict(receipts.statuses)}, alerts {_told(stack)}")
    # a lost verdict is forgotten: a retry of its id may have got another one, which the drill's own clients do
    assert set(receipts.statuses) <= {200, 409, 503}


@full_only
def test_hostile_crowd_without_a_ledger(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell
) -> None:
    """Batches and single transactions, faster than any disk syncs one by one: every one of them is kept."""
    environment = fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150"}
    with running_stack(tmp_path, own_mongod.url, environment) as stack:
        own_mongod.kill()
        with Crowd(stack.gateway.url, batch_clients=3, batch_size=100) as crowd:
            time.sleep(CROWD_S)
        pending = stack.get("/ledger/status")["pending"]
        own_mongod.start()
        cleared_s = wait_until(lambda: _is_drained(stack), within_s=240.0)
        arrived = len(documents(own_mongod, environment))

    tell(f"singles {dict(crowd.singles)}, p99 {crowd.p99_ms:.0f} ms; items of batches {dict(crowd.batched)}")
    tell(f"{pending:,} waited, cleared {cleared_s:.1f} s after the ledger's return; {arrived:,} arrived")
    assert not {name for name in (*crowd.singles, *crowd.batched) if "JOURNAL" in str(name) or "LEDGER" in str(name)}
    assert arrived >= pending


@full_only
def test_hostile_stop(own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell) -> None:
    """SIGTERM while the ledger is away for 20 s more: nothing stays in the journal."""
    receipts, environment = Receipts(), fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_DRAIN_S": "90"}
    with running_stack(tmp_path, own_mongod.url, environment) as stack:
        own_mongod.kill()
        with Clients([stack.gateway.url], receipts, clients=8):
            time.sleep(POSTING_S)
        back = threading.Timer(AWAY_S, own_mongod.start)
        back.start()
        began_s = time.monotonic()
        stack.gateway.stop(within_s=110.0)
        took_s = time.monotonic() - began_s
        back.join()
        arrived = {document["transaction_id"] for document in documents(own_mongod, environment)}

    tell(f"{len(receipts.verdicts):,} acknowledged, ended {took_s:.1f} s after SIGTERM, "
         f"left behind {len(receipts.verdicts.keys() - arrived)}")  # fmt: skip
    assert receipts.verdicts.keys() <= arrived


def _is_drained(stack: Stack) -> bool:
    status = stack.get("/ledger/status")
    return bool(status["pending"] == 0 and status["committed"] is not None)


def _told(stack: Stack) -> list[int]:
    return [alert["data"]["lost"] for alert in stack.get("/alerts?kind=journal.lost&limit=100")["alerts"]]
