"""The door to the model: mistakes are told, injected trouble hurts one attempt, every budget is kept."""

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from brain.batching import admission
from brain.batching.admission import Admission
from brain.batching.batcher import MicroBatcher
from brain.domain import Query
from brain.faults.injector import Faults
from brain.faults.settings import FaultSettings
from brain.outcomes import Outcome
from protos.fraud_pb2 import Failure, ScoreReply
from tests.brain_calls import a_transaction

RATES = {"USD": Decimal(1)}
SLEEP_S = 0.05


class Caller:
    """Collects outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def deliver(self, outcome: Outcome) -> None:
        """Keep one."""
        self.outcomes.append(outcome)

    @property
    def failures(self) -> list["Failure.Code.ValueType | None"]:
        """The failure of each outcome, None for a score."""
        return [outcome.code if isinstance(outcome, Failure) else None for outcome in self.outcomes]


class Door:
    """An admission with a batcher at work behind it."""

    def __init__(self) -> None:
        self.batcher = MicroBatcher(self.score, batch_max=10, queue_max=100)
        self.scored: list[str] = []

    def score(self, queries: Sequence[Query]) -> Sequence[Outcome]:
        """Note and echo."""
        self.scored += [query.transaction_id for query in queries]
        return [ScoreReply(transaction_id=query.transaction_id) for query in queries]

    def with_faults(
        self,
        *,
        latency_rate: float = 0.0,
        error_rate: float = 0.0,
        drop_rate: float = 0.0,
        constant_score: float | None = None,
        asleep_max: int = 10,
    ) -> Admission:
        """The door, with this much trouble."""
        self.faults = Faults(
            FaultSettings(
                latency_rate=latency_rate,
                latency_s=SLEEP_S,
                error_rate=error_rate,
                drop_rate=drop_rate,
                constant_score=constant_score,
            ),
            thresholds={"medium": 0.3, "high": 0.6, "critical": 0.9},
            chance=random.Random(1),
        )
        return Admission(self.batcher, self.faults, RATES, asleep_max=asleep_max)


@pytest.fixture
def door() -> Door:
    """A door that leads somewhere."""
    return Door()


@pytest.fixture
def caller() -> Caller:
    """Somebody who wants scores."""
    return Caller()


async def test_a_mistake_is_told_at_the_door(door: Door, caller: Caller) -> None:
    """A transaction without a user is refused with the reason, and the model never sees it."""
    attempt = door.with_faults().admit(a_transaction(user_id=""), source="one", budget_s=1.0, deliver=caller.deliver)

    assert attempt is None
    assert caller.failures == [Failure.INVALID_ARGUMENT]
    assert "user_id" in str(caller.outcomes[0])
    assert door.scored == []


async def test_no_budget_means_no_work(door: Door, caller: Caller) -> None:
    """An attempt that arrives with nothing left is answered DEADLINE_EXCEEDED."""
    door.with_faults().admit(a_transaction(), source="one", budget_s=0.0, deliver=caller.deliver)
    await asyncio.sleep(0.01)

    assert caller.failures == [Failure.DEADLINE_EXCEEDED]
    assert door.scored == []


async def test_a_slow_attempt_is_scored_after_its_sleep(door: Door, caller: Caller) -> None:
    """The injected latency passes first, then the real score comes."""
    started_s = asyncio.get_running_loop().time()
    door.with_faults(latency_rate=1.0).admit(a_transaction("slow"), source="one", budget_s=5.0, deliver=caller.deliver)

    while not caller.outcomes:
        await asyncio.sleep(0.001)

    assert asyncio.get_running_loop().time() - started_s >= SLEEP_S
    assert caller.failures == [None]


async def test_an_attempt_that_would_oversleep_is_answered_at_its_deadline(door: Door, caller: Caller) -> None:
    """Nobody sleeps past the budget: the attempt ends with DEADLINE_EXCEEDED before the sleep would."""
    started_s = asyncio.get_running_loop().time()
    door.with_faults(latency_rate=1.0).admit(
        a_transaction(), source="one", budget_s=SLEEP_S / 5, deliver=caller.deliver
    )

    while not caller.outcomes:
        await asyncio.sleep(0.001)

    assert asyncio.get_running_loop().time() - started_s < SLEEP_S
    assert caller.failures == [Failure.DEADLINE_EXCEEDED]
    assert door.scored == []


async def test_cancelling_ends_the_sleep(door: Door, caller: Caller) -> None:
    """A hedge that lost while it slept is never scored and never answered."""
    attempt = door.with_faults(latency_rate=1.0).admit(
        a_transaction(), source="one", budget_s=5.0, deliver=caller.deliver
    )
    assert attempt is not None
    attempt.cancel()

    await asyncio.sleep(2 * SLEEP_S)

    assert caller.outcomes == []
    assert door.scored == []


async def test_too_many_sleepers_are_overloaded(door: Door, caller: Caller) -> None:
    """The number that sleeps at once is bounded; a cancelled sleeper makes room."""
    admission = door.with_faults(latency_rate=1.0, asleep_max=1)
    first = admission.admit(a_transaction("first"), source="one", budget_s=5.0, deliver=caller.deliver)
    admission.admit(a_transaction("second"), source="one", budget_s=5.0, deliver=caller.deliver)
    assert caller.failures == [Failure.OVERLOADED]

    assert first is not None
    first.cancel()
    admission.admit(a_transaction("third"), source="one", budget_s=5.0, deliver=caller.deliver)
    await asyncio.sleep(2 * SLEEP_S)

    assert caller.failures == [Failure.OVERLOADED, None]
    assert door.scored == ["third"]


async def test_an_injected_error_is_internal(door: Door, caller: Caller) -> None:
    """It fails as a bug would, without touching the model."""
    door.with_faults(error_rate=1.0).admit(a_transaction(), source="one", budget_s=1.0, deliver=caller.deliver)

    assert caller.failures == [Failure.INTERNAL]
    assert door.scored == []


async def test_a_dropped_attempt_is_not_answered_and_not_kept(door: Door, caller: Caller, monkeypatch: Any) -> None:
    """Silence while its caller waits; later it is let go, or a drain would wait for it."""
    monkeypatch.setattr(admission, "DROPPED_S", 0.2)
    attempt = door.with_faults(drop_rate=1.0).admit(
        a_transaction(), source="one", budget_s=0.01, deliver=caller.deliver
    )
    assert attempt is not None
    await asyncio.sleep(0.05)
    silent = (caller.outcomes == []) and not attempt.is_over

    while not attempt.is_over:
        await asyncio.sleep(0.01)

    assert silent
    assert door.scored == []


async def test_an_injected_lie_replaces_the_score(door: Door, caller: Caller) -> None:
    """The model is asked, and what it said is not told."""
    door.with_faults(constant_score=0.25).admit(a_transaction("t"), source="one", budget_s=1.0, deliver=caller.deliver)
    while not caller.outcomes:
        await asyncio.sleep(0.001)

    assert door.scored == ["t"]
    assert [outcome.risk_score for outcome in caller.outcomes if isinstance(outcome, ScoreReply)] == [0.25]


async def test_a_sleeper_keeps_its_fault_when_faults_are_switched_off(door: Door, caller: Caller) -> None:
    """It still sleeps, and is lied about as it was drawn; who comes after it is scored at once and truly."""
    admission = door.with_faults(latency_rate=1.0, constant_score=0.25)
    admission.admit(a_transaction("asleep"), source="one", budget_s=5.0, deliver=caller.deliver)

    door.faults.replace(FaultSettings())
    admission.admit(a_transaction("after"), source="one", budget_s=5.0, deliver=caller.deliver)
    while len(caller.outcomes) < 2:
        await asyncio.sleep(0.001)

    assert door.scored == ["after", "asleep"]
    assert [outcome.risk_score for outcome in caller.outcomes if isinstance(outcome, ScoreReply)] == [0.0, 0.25]
