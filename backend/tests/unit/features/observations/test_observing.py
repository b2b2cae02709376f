"""The outbox under steady traffic, failures, and a record that nobody can read."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from bson.decimal128 import Decimal128

from gateway.domain import Decided, Decision, Label
from gateway.features.observations import outbox
from gateway.features.observations.service import ObservationSweep, observing
from gateway.features.observations.store import Observations
from gateway.kit import outbox as kit_outbox
from gateway.kit.outbox import Outbox
from gateway.scoring.errors import ScorerUnavailable
from gateway.scoring.scorer import Scorer
from gateway.scoring.wire import to_wire_decided, to_wire_label
from gateway.verdict.intake.decoding import to_transaction
from protos import fraud_pb2
from tests.waiting import eventually


class FakeScorer:
    """Remembers what it was told; refuses while `is_down`, and cancels one call when `is_cancelling`."""

    def __init__(self) -> None:
        self.health = SimpleNamespace(is_healthy=lambda: True)
        self.is_down = False
        self.is_cancelling = False
        self.batches: list[list[str]] = []
        self.decisions: dict[str, Decision] = {}

    async def observe(self, transactions: Sequence[Decided]) -> None:
        await asyncio.sleep(0.005)
        if self.is_cancelling:
            self.is_cancelling = False
            raise asyncio.CancelledError
        if self.is_down:
            raise ScorerUnavailable("down")
        self.batches.append([decided.transaction.transaction_id for decided in transactions])
        self.decisions |= {decided.transaction.transaction_id: decided.decision for decided in transactions}


class FakeLedger:
    """An outbox with what earlier runs left behind."""

    def __init__(self, left_behind: list[Mapping[str, Any]]) -> None:
        self.left_behind = left_behind
        self.marked: list[str] = []

    async def find_unobserved(self, *, older_than: timedelta, limit: int) -> list[Mapping[str, Any]]:
        return [document for document in self.left_behind if document["transaction_id"] not in self.marked][:limit]

    async def mark_observed(self, transaction_ids: Sequence[str]) -> None:
        self.marked += transaction_ids


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order of events in a tenth of the time."""
    monkeypatch.setattr(outbox, "_GATHER_S", 0.02)
    monkeypatch.setattr(kit_outbox, "_PAUSE_S", 0.02)


def decided(number: int, decision: Decision = Decision.APPROVE) -> Decided:
    """Any payment."""
    body = {"transaction_id": f"t{number}", "amount": Decimal(5), "currency": "USD", "user_id": "user_1"}
    return Decided(to_transaction(body), decision)


def record(number: int, decision: Decision) -> dict[str, Any]:
    """The same as the ledger keeps it, as far as an outbox reads it."""
    payment = decided(number).transaction
    return {
        "transaction_id": payment.transaction_id,
        "amount": Decimal128("5"),
        "currency": "USD",
        "user_id": "user_1",
        "merchant_id": None,
        "event_time": payment.event_time,
        "request": {},
        "digest": payment.digest,
        "verdict": {"decision": decision.value},
    }


@asynccontextmanager
async def running(scorer: FakeScorer, ledger: FakeLedger) -> AsyncIterator[Outbox[Decided]]:
    """An observer between the two, as a gateway has it."""
    observer = observing(cast(Scorer, scorer), ledger)
    await observer.start()
    yield observer
    await observer.close()


async def sweep(scorer: FakeScorer, ledger: FakeLedger) -> None:
    """What a worker does: once."""
    await ObservationSweep(cast(Scorer, scorer), cast(Observations, ledger)).sweep()


async def test_steady_traffic_does_not_split_the_batches() -> None:
    """What comes while a batch is delivered waits for the next one."""
    scorer, ledger = FakeScorer(), FakeLedger([])

    async with running(scorer, ledger) as observer:
        for number in range(300):
            observer.add(decided(number))
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.1)

    told = [transaction_id for batch in scorer.batches for transaction_id in batch]
    assert sorted(told) == sorted(f"t{number}" for number in range(300))
    assert len(scorer.batches) < 100


async def test_a_failed_batch_is_told_again() -> None:
    """As soon as the brain takes it, not only at a later sweep."""
    scorer, ledger = FakeScorer(), FakeLedger([])
    scorer.is_down = True

    async with running(scorer, ledger) as observer:
        for number in range(5):
            observer.add(decided(number))
        await asyncio.sleep(0.1)
        scorer.is_down = False
        await asyncio.sleep(0.2)

    assert scorer.batches == [["t0", "t1", "t2", "t3", "t4"]]


async def test_a_batch_whose_call_is_cancelled_is_told_again() -> None:
    """Somebody else cancelled it, a channel that closed: neither the batch nor the outbox ends with it."""
    scorer, ledger = FakeScorer(), FakeLedger([])
    scorer.is_cancelling = True

    async with running(scorer, ledger) as observer:
        observer.add(decided(1))
        await eventually(lambda: scorer.batches == [["t1"]])


async def test_a_record_that_nobody_can_read_holds_up_no_other() -> None:
    """It leaves the outbox with a line in the log; its neighbour gets through."""
    scorer, ledger = FakeScorer(), FakeLedger([{"transaction_id": "bad"}, record(1, Decision.APPROVE)])

    await sweep(scorer, ledger)

    assert scorer.batches == [["t1"]]
    assert sorted(ledger.marked) == ["bad", "t1"]


async def test_the_brain_hears_each_decision_whichever_way_the_payment_comes() -> None:
    """From memory, and from the record that a crash left behind."""
    ledger = FakeLedger([record(3, Decision.BLOCK), record(4, Decision.APPROVE)])
    scorer = FakeScorer()

    async with running(scorer, ledger) as observer:
        observer.add(decided(1, Decision.BLOCK))
        observer.add(decided(2, Decision.REVIEW))
        await asyncio.sleep(0.3)
    await sweep(scorer, ledger)

    assert scorer.decisions == {
        "t1": Decision.BLOCK,
        "t2": Decision.REVIEW,
        "t3": Decision.BLOCK,
        "t4": Decision.APPROVE,
    }


@pytest.mark.parametrize(
    ("decision", "on_the_wire"),
    [
        (Decision.APPROVE, fraud_pb2.DECISION_APPROVE),
        (Decision.REVIEW, fraud_pb2.DECISION_REVIEW),
        (Decision.BLOCK, fraud_pb2.DECISION_BLOCK),
    ],
)
def test_a_decision_crosses_the_wire_with_its_payment_and_with_its_label(
    decision: Decision, on_the_wire: "fraud_pb2.Decision.ValueType"
) -> None:
    """A label may come before its Observe, and then is all that the history hears of a block."""
    one, at = decided(1, decision), datetime(2026, 1, 1, tzinfo=UTC)

    label = to_wire_label(one, Label("t1", True, "chargeback", at, at, 1))

    assert to_wire_decided(one).decision == on_the_wire
    assert label.transaction == to_wire_decided(one)
