"""Batches and the circuit: one standstill of the brain is one failure, and a brain that stays silent opens it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain import Transaction
from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.errors import SCORER_ERRORS, ScorerTimedOut
from gateway.scoring.scorer import Scorer
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from tests.brain_calls import NO_MONGODB
from tests.processes import BrainProcess


@pytest.fixture
async def scorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scorer]:
    """Of a brain that takes everything and answers nothing."""
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_FAULT_DROP_RATE": "1"}) as brain:
        monkeypatch.setenv("BRAIN_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("BRAIN_SERVICE_PORT", str(brain.port))
        scorer = Scorer(Settings(), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30))
        await scorer.start()
        yield scorer
        await scorer.close()


def a_transaction(n: int) -> Transaction:
    """Any payment."""
    return to_transaction({"transaction_id": f"t{n}", "amount": "12.50", "currency": "USD", "user_id": "u"})


@pytest.mark.parametrize("name", ["score_in_batch", "rescore"])
async def test_those_of_many_that_time_out_together_count_once(scorer: Scorer, name: str) -> None:
    """Twenty in one standstill leave the circuit closed; two standstills more, one after the other, open it."""
    score = getattr(scorer, name)
    states = []
    for _ in range(3):
        outcomes = await asyncio.gather(*(score(a_transaction(n)) for n in range(20)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {ScorerTimedOut}
        states.append((scorer.circuit.state, scorer.circuit.failures))

    assert states == [(CircuitState.CLOSED, 1), (CircuitState.CLOSED, 2), (CircuitState.OPEN, 3)]


async def test_single_transactions_count_each(scorer: Scorer) -> None:
    """As ever: three customers without a score open it."""
    await asyncio.gather(*(scorer.score(a_transaction(n)) for n in range(3)), return_exceptions=True)

    assert scorer.circuit.state is CircuitState.OPEN
