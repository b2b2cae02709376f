"""The outbox under steady traffic, failures, and a record that nobody can read."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from bson.decimal128 import Decimal128

from gateway import outbox
from gateway.circuit import Circuit
from gateway.domain import Transaction
from gateway.intake import to_transaction
from gateway.ledger.ledger import Ledger
from gateway.observing import observing
from gateway.outbox import Outbox
from gateway.scoring.errors import ScorerUnavailable
from gateway.scoring.scorer import Scorer


class FakeScorer:
    """Remembers what it was told; refuses while `is_down`."""

    is_reachable = True

    def __init__(self) -> None:
        self.circuit = Circuit(fail_max=3, reset_s=30)
        self.is_down = False
        self.batches: list[list[str]] = []

    async def observe(self, transactions: Sequence[Transaction]) -> None:
        await asyncio.sleep(0.005)
        if self.is_down:
            raise ScorerUnavailable("down")
        self.batches.append([transaction.transaction_id for transaction in transactions])


class FakeLedger:
    """An outbox with what earlier runs left behind."""

    def __init__(self, left_behind: list[Mapping[str, Any]]) -> None:
        self.left_behind = left_behind
        self.sweeps = 0
        self.marked: list[str] = []

    async def find_unobserved(self, *, older_than: timedelta, limit: int) -> list[Mapping[str, Any]]:
        self.sweeps += 1
        return [document for document in self.left_behind if document["transaction_id"] not in self.marked][:limit]

    async def mark_observed(self, transaction_ids: Sequence[str]) -> None:
        self.marked += transaction_ids


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order of events in a tenth of the time."""
    for name in ("_GATHER_S", "_PAUSE_S"):
        monkeypatch.setattr(outbox, name, 0.02)
    monkeypatch.setattr(outbox, "_SWEEP_S", 0.1)


def transaction(number: int) -> Transaction:
    """Any payment."""
    return to_transaction(
        {"transaction_id": f"t{number}", "amount": Decimal(5), "currency": "USD", "user_id": "user_1"}
    )


@asynccontextmanager
async def running(scorer: FakeScorer, ledger: FakeLedger) -> AsyncIterator[Outbox[Transaction]]:
    """An observer between the two."""
    observer = observing(cast(Scorer, scorer), cast(Ledger, ledger))
    await observer.start()
    yield observer
    await observer.close()


async def test_steady_traffic_neither_stops_the_sweep_nor_splits_the_batches() -> None:
    """What comes while a batch is delivered waits for the next one."""
    scorer, ledger = FakeScorer(), FakeLedger([])

    async with running(scorer, ledger) as observer:
        for number in range(300):
            observer.add(transaction(number))
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.1)

    told = [transaction_id for batch in scorer.batches for transaction_id in batch]
    assert sorted(told) == sorted(f"t{number}" for number in range(300))
    assert ledger.sweeps >= 3
    assert len(scorer.batches) < 100


async def test_a_failed_batch_is_told_again() -> None:
    """As soon as the brain takes it, not only at a later sweep."""
    scorer, ledger = FakeScorer(), FakeLedger([])
    scorer.is_down = True

    async with running(scorer, ledger) as observer:
        for number in range(5):
            observer.add(transaction(number))
        await asyncio.sleep(0.1)
        scorer.is_down = False
        await asyncio.sleep(0.2)

    assert scorer.batches == [["t0", "t1", "t2", "t3", "t4"]]


async def test_a_record_that_nobody_can_read_holds_up_no_other() -> None:
    """It leaves the outbox with a line in the log; its neighbour gets through."""
    payment = transaction(1)
    readable = {
        "transaction_id": "t1",
        "amount": Decimal128("5"),
        "currency": "USD",
        "user_id": "user_1",
        "merchant_id": None,
        "event_time": payment.event_time,
        "request": {},
        "digest": payment.digest,
    }
    scorer, ledger = FakeScorer(), FakeLedger([{"transaction_id": "bad"}, readable])

    async with running(scorer, ledger):
        await asyncio.sleep(0.3)

    assert scorer.batches == [["t1"]]
    assert sorted(ledger.marked) == ["bad", "t1"]
