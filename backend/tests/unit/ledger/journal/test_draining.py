"""What the drainer sends while the ledger is away, and when it is back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import AsyncMock

import bson

from gateway.alerting import AlertKind
from gateway.errors import LedgerUnavailable
from gateway.kit.circuit import Circuit, CircuitState
from gateway.ledger.draining import Drainer, Insert
from gateway.ledger.encoding import EncodedRecord
from gateway.ledger.events import LedgerEvents
from gateway.ledger.health import LEDGER_ERRORS
from gateway.ledger.inserting import Results
from gateway.ledger.journal.service import Journal
from tests.unit.ledger.journal.journals import journal, keep


async def test_a_ledger_that_is_away_is_tried_with_one_record(tmp_path: Path) -> None:
    """Hundreds would be read for nothing, between the verdicts that are kept meanwhile. The rest goes after it."""
    circuit = Circuit(LEDGER_ERRORS, fail_max=1, reset_s=0.05)
    circuit.admit().failed(LedgerUnavailable("away"))
    sent: list[int] = []

    async def insert(records: Sequence[EncodedRecord]) -> Results:
        permit = circuit.admit()
        sent.append(len(records))
        if len(sent) == 1:
            permit.failed(failure := LedgerUnavailable("still away"))
            raise failure
        permit.succeeded()
        return {}

    async with journal(tmp_path) as one:
        for n in range(20):
            await keep(one, f"t{n}")
        await drain(one, circuit, insert)

    assert sent == [1, 1, 19]
    assert circuit.state is CircuitState.CLOSED


async def test_garbage_holds_nothing_up(tmp_path: Path) -> None:
    """It is set aside for people, who are told; the others are sent, and a stop waits for nothing."""
    sent: list[str] = []

    async def insert(records: Sequence[EncodedRecord]) -> Results:
        for record in records:
            record.at(bytes(12))
        sent.extend(record.transaction_id for record in records)
        return {}

    async with journal(tmp_path) as one:
        for name in ("t1", "t2"):
            await one.put(name, b"digest", bson.encode({"transaction_id": name}))
        await one.put("garbage", b"digest", b"no BSON at all")
        alerts = await drain(one, Circuit(LEDGER_ERRORS, fail_max=1, reset_s=0.05), insert)
        assert [transaction_id for transaction_id, _ in await one.poison()] == ["garbage"]

    assert alerts == [(AlertKind.JOURNAL_POISON, "garbage")]
    assert sent == ["t1", "t2"]


async def drain(journal: Journal, circuit: Circuit, insert: Insert) -> list[tuple[str, str]]:
    """Run a drainer until nothing waits; the alerts it raised."""
    alerts: list[tuple[str, str]] = []
    drainer = Drainer(
        journal,
        circuit,
        insert=insert,
        ping=AsyncMock(side_effect=AssertionError),
        contest=AsyncMock(side_effect=AssertionError),
        events=LedgerEvents(lambda kind, key, _: alerts.append((kind, key)), instance="one"),
    )
    await drainer.start()
    async with asyncio.timeout(20):
        while await journal.pending(1):
            await asyncio.sleep(0.01)
    await drainer.close()
    return alerts
