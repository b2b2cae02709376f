"""What the ledger finds wrong with a record it tells: which record, what is wrong, and where it is."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import bson
from msgspec.structs import replace

from gateway.alerting import AlertKind
from gateway.domain import BlindReason, Transaction, Verdict
from gateway.fallback.policy import decide_blind
from gateway.features.alerts.buffer import AlertQueue
from gateway.features.audit.service import Chainer
from gateway.kit import clock
from gateway.ledger.conflicts import conflict_id
from gateway.ledger.encoding import to_document
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from tests.waiting import eventually


@asynccontextmanager
async def ledger_with_alerts(settings: Settings, name: str) -> AsyncIterator[tuple[Ledger, AlertQueue]]:
    """Ready to record, and telling."""
    queue = AlertQueue()
    ledger = Ledger(settings, instance=name, chainer=Chainer, raise_alert=queue.raise_alert)
    await ledger.start()
    await ledger.is_ready.wait()
    yield ledger, queue
    await ledger.close()


def a_record(transaction_id: str) -> tuple[Transaction, Verdict]:
    """A blind verdict on a payment."""
    transaction = to_transaction(
        {"transaction_id": transaction_id, "amount": Decimal(5), "currency": "USD", "user_id": "user_1"}
    )
    ruling = decide_blind(BlindReason.CIRCUIT_OPEN)
    return transaction, Verdict(transaction_id, ruling, "open", 1.0, clock.now(), secrets.token_hex(16))


async def test_poison_is_told(settings: Settings) -> None:
    """A record that MongoDB will never take: which one, why, and in whose journal it stays."""
    async with ledger_with_alerts(settings, "one") as (ledger, queue):
        transaction, verdict = a_record("bad")
        await ledger.record(replace(transaction, user_id=7), verdict)
        await eventually(lambda: len(queue) == 1)

    (alert,) = queue.take(10)
    assert (alert.kind, alert.key) == (AlertKind.JOURNAL_POISON, "bad")
    assert alert.data == {
        "transaction_id": "bad", "why": "The ledger refused this record (code 121).", "instance": "one",
    }  # fmt: skip


async def test_a_conflict_is_told_by_the_record_that_lost(settings: Settings) -> None:
    """Once, however often it is found."""
    async with ledger_with_alerts(settings, "one") as (ledger, queue):
        await ledger.record(*a_record("t1"))
        transaction, verdict = a_record("t1")
        other = to_document(transaction, verdict)
        await ledger.journal.put("t1", transaction.digest, other.raw)
        await eventually(lambda: len(queue) == 1)

    (alert,) = queue.take(10)
    assert (alert.kind, alert.key) == (AlertKind.CONFLICT_RECORDED, str(conflict_id(bson.decode(other.raw))))
    assert (alert.data["standing_decision"], alert.data["other_decision"]) == ("approve", "approve")
    assert alert.data["transaction_id"] == "t1"
