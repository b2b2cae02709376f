"""Injected faults are read and replaced while the brain runs, where that is allowed, and touch nothing but scores."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2

from protos import fraud_pb2
from tests.brain_calls import ANSWER_WITHIN_S, NO_MONGODB, a_transaction, calling, health_of
from tests.processes import BrainProcess, MongodProcess
from tests.waiting import eventually

OFF = fraud_pb2.FaultSettings(latency_s=2.0)
READ = fraud_pb2.FaultsRequest()


@pytest.fixture(scope="module")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """A brain that takes changes; each test leaves all faults off."""
    allowed = {"BRAIN_FAULT_CONTROL": "true"}
    with BrainProcess(tmp_path_factory.mktemp("faults"), mongodb_url=NO_MONGODB, environment=allowed) as process:
        yield process


async def put(stub: Any, settings: fraud_pb2.FaultSettings) -> fraud_pb2.FaultsReply:
    """Replace the faults."""
    reply: fraud_pb2.FaultsReply = await stub.Faults(
        fraud_pb2.FaultsRequest(replacement=settings), timeout=ANSWER_WITHIN_S
    )
    return reply


async def score(stub: Any, *, timeout_s: float = ANSWER_WITHIN_S) -> fraud_pb2.ScoreReply | grpc.StatusCode:
    """What becomes of a payment: its score, or the status of the call."""
    try:
        reply: fraud_pb2.ScoreReply = await stub.Score(
            fraud_pb2.ScoreRequest(transaction=a_transaction()), timeout=timeout_s
        )
    except grpc.aio.AioRpcError as error:
        return error.code()
    return reply


async def test_faults_are_replaced_as_a_whole_while_the_brain_runs(brain: BrainProcess) -> None:
    """Each replacement is in force at once, answers with all its values, and turns off what it leaves out."""
    async with calling(brain.port) as stub:
        failing = await put(stub, fraud_pb2.FaultSettings(error_rate=1.0))
        while_failing = await score(stub)
        lying = await put(stub, fraud_pb2.FaultSettings(constant_score=0.0))
        while_lying = await score(stub)
        healed = await put(stub, fraud_pb2.FaultSettings())
        afterwards = await score(stub)

    assert failing.settings == fraud_pb2.FaultSettings(error_rate=1.0, latency_s=2.0)
    assert while_failing == grpc.StatusCode.INTERNAL
    assert lying.settings == fraud_pb2.FaultSettings(constant_score=0.0, latency_s=2.0)
    assert isinstance(while_lying, fraud_pb2.ScoreReply)
    assert while_lying.risk_score == 0.0
    assert healed == fraud_pb2.FaultsReply(settings=OFF, is_allowed=True, degraded=["history"])
    assert isinstance(afterwards, fraud_pb2.ScoreReply)
    assert afterwards.risk_score > 0.0
    assert "faults.on" in brain.log()
    assert "faults.off" in brain.log()


async def test_to_read_changes_nothing(brain: BrainProcess) -> None:
    """A request without settings is a question, not a wish for none."""
    async with calling(brain.port) as stub:
        await put(stub, fraud_pb2.FaultSettings(latency_rate=0.25, latency_s=0.5))
        first, second = await stub.Faults(READ), await stub.Faults(READ)
        await put(stub, fraud_pb2.FaultSettings())

    assert first == second
    assert first.settings == fraud_pb2.FaultSettings(latency_rate=0.25, latency_s=0.5)


@pytest.mark.parametrize(
    "bad",
    [
        {"latency_rate": 1.01},
        {"latency_s": 60.5},
        {"error_rate": -0.1},
        {"drop_rate": math.nan},
        {"nan_rate": math.inf},
        {"wrong_id_rate": 2.0},
        {"constant_score": math.nan},
    ],
)
async def test_a_bad_value_is_refused_by_name_and_changes_nothing(brain: BrainProcess, bad: dict[str, float]) -> None:
    """Also when the other values of the same request are good."""
    (field,) = bad
    good = {"error_rate": 1.0} if field != "error_rate" else {"nan_rate": 1.0}
    async with calling(brain.port) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await put(stub, fraud_pb2.FaultSettings(**bad, **good))
        after = await stub.Faults(READ)

    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert (refusal.value.details() or "").startswith(field)
    assert after.settings == OFF


async def test_while_nothing_is_scored_all_else_answers(brain: BrainProcess) -> None:
    """Health, Describe and Faults itself: what was switched on can always be switched off."""
    async with calling(brain.port) as stub:
        await put(stub, fraud_pb2.FaultSettings(drop_rate=1.0, latency_rate=1.0, latency_s=60.0))
        dropped = await score(stub, timeout_s=0.5)
        health = await health_of(brain.port, "")
        model = await stub.Describe(fraud_pb2.DescribeRequest(), timeout=ANSWER_WITHIN_S)
        await put(stub, fraud_pb2.FaultSettings())
        healed = await score(stub)

    assert dropped == grpc.StatusCode.DEADLINE_EXCEEDED
    assert health == health_pb2.HealthCheckResponse.SERVING
    assert model.name
    assert isinstance(healed, fraud_pb2.ScoreReply)


async def test_a_brain_takes_no_changes_unless_it_was_started_so(tmp_path: Path) -> None:
    """By default: it says what its environment injects, refuses a replacement, and goes on as before."""
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_FAULT_ERROR_RATE": "1"}) as process:
        async with calling(process.port) as stub:
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await put(stub, fraud_pb2.FaultSettings())
            after = await stub.Faults(READ)
            outcome = await score(stub)

    assert refusal.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert "BRAIN_FAULT_CONTROL" in (refusal.value.details() or "")
    assert after == fraud_pb2.FaultsReply(
        settings=fraud_pb2.FaultSettings(error_rate=1.0, latency_s=2.0), is_allowed=False, degraded=["history"]
    )
    assert outcome == grpc.StatusCode.INTERNAL


async def test_a_brain_says_that_it_cannot_read_history_before_a_score_lacks_it(
    own_mongod: MongodProcess, tmp_path: Path
) -> None:
    """Nobody asks for a score: its driver's heartbeat knows, and so does whoever asks what is injected."""
    with BrainProcess(tmp_path, mongodb_url=own_mongod.url) as process:
        async with calling(process.port) as stub:

            async def says(expected: list[str]) -> bool:
                return list((await stub.Faults(READ)).degraded) == expected

            await eventually(lambda: says([]))
            own_mongod.kill()
            await eventually(lambda: says(["history"]))
            own_mongod.start()
            await eventually(lambda: says([]))
