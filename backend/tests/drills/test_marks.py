"""Batches are slow, a gateway dies among them, and its journal is drained: who reads on from a mark misses nothing."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drills.clients import Clients
from tests.drills.conftest import IS_FULL
from tests.drills.ledger import documents, reconciled, verified
from tests.drills.marks import MarkReader
from tests.drills.receipts import Receipts
from tests.drills.slow_inserts import SlowMongod
from tests.stack import running_stack, wait_until

ROUNDS = 5 if IS_FULL else 1
SLOW_SHARE, SLOW_MS = 0.3, 700  # past the 150 ms of a caller, below the 3 s of the driver
SWEPT_S = 90.0  # a dead run is swept when it is silent for 20 s, looked for each 5 s; the machine may be busy


@pytest.fixture
def mongod(mongod_binary: Path, tmp_path: Path) -> Iterator[SlowMongod]:
    """Of this drill alone."""
    with SlowMongod(mongod_binary, tmp_path) as mongod:
        yield mongod


def test_a_reader_by_marks_misses_nothing_and_doubles_nothing(
    mongod: SlowMongod, tmp_path: Path, fresh_databases: dict[str, str], tell: Callable[[str], None]
) -> None:
    """
    Whatever became of a batch: overtaken by later ones, answered too late, never answered, or brought by another run.

    The same is true of the audit chain, which `verify` says.
    """
    receipts = Receipts()
    environment = fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150"}
    with (
        running_stack(tmp_path, mongod.url, environment, with_worker=True) as stack,
        MarkReader(mongod, fresh_databases) as reader,
    ):
        with Clients([stack.gateway.url], receipts, clients=6, think_s=0.02):
            for _ in range(ROUNDS):
                time.sleep(1.0)
                with mongod.slow_inserts(fresh_databases, share=SLOW_SHARE, for_ms=SLOW_MS):
                    time.sleep(5.0)
                    stack.gateway.kill()
                stack.gateway.start()
            time.sleep(1.0)
        wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=60.0)
        recorded = Counter(document["transaction_id"] for document in documents(mongod, fresh_databases))

        read_s = wait_until(lambda: len(reader.read) >= recorded.total(), within_s=SWEPT_S)

        result = reconciled(mongod, fresh_databases, receipts)
    tell(f"{recorded.total():,} records, all read {read_s:.1f} s after the last; {receipts.pending:,} were pending")
    assert Counter(reader.read) == recorded
    assert receipts.pending > 0
    assert (result.lost, result.changed, result.duplicates, receipts.contradictions) == ([], [], [], [])
    assert verified(mongod, fresh_databases) == 0
