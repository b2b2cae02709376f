"""How the brain comes up and goes away: one line when it cannot start, no broken call when it must end."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2

from local.ports import LOOPBACK
from protos import fraud_pb2
from tests.brain_calls import (
    ANSWER_WITHIN_S,
    NO_MONGODB,
    SERVICE,
    Stream,
    a_transaction,
    an_item,
    calling,
    health_stub,
)
from tests.processes import BrainProcess
from tests.waiting import eventually

pytestmark = pytest.mark.slow  # processes are ended


@pytest.fixture(scope="module")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """A healthy brain without history."""
    with BrainProcess(tmp_path_factory.mktemp("brain"), mongodb_url=NO_MONGODB) as process:
        yield process


async def test_sigterm_breaks_no_call_in_flight(tmp_path: Path) -> None:
    """
    The drain.

    Sleeping items are answered after SIGTERM, the stream says GoingAway and ends with OK, a unary call in
    flight gets its score, and the process ends with status 0.
    """
    faults = {"BRAIN_FAULT_LATENCY_RATE": "1", "BRAIN_FAULT_LATENCY_S": "3"}
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=faults) as process:
        async with calling(process.port) as stub:
            stream = Stream(stub)
            await stream.send([an_item(n) for n in range(1, 21)])
            unary = asyncio.ensure_future(
                stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("unary")), timeout=ANSWER_WITHIN_S)
            )
            await asyncio.sleep(1.0)  # all have arrived

            status = asyncio.create_task(asyncio.to_thread(process.stop))
            stream_status = await stream.receive_to_the_end()
            reply = await unary

            assert await status == 0

    assert stream.is_leaving
    assert stream_status == grpc.StatusCode.OK
    assert reply.transaction_id == "unary"
    assert all(stream.outcomes[n][0].HasField("score") for n in range(1, 21))


async def test_an_idle_brain_is_gone_long_before_its_drain_is_over(tmp_path: Path) -> None:
    """Also with a standing stream and a health watch open, which a plain server stop would wait for."""
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_DRAIN_S": "60"}) as process:
        async with calling(process.port) as stub, grpc.aio.insecure_channel(f"{LOOPBACK}:{process.port}") as channel:
            stream = Stream(stub)
            await stream.send([an_item(1)])
            await stream.receive_outcomes(1)
            watch = health_stub(channel).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING

            stop = asyncio.create_task(asyncio.to_thread(process.stop, within_s=30.0))
            not_serving = await watch.read()
            status = await stream.receive_to_the_end()

            assert await stop == 0

    assert not_serving.status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert stream.is_leaving
    assert status == grpc.StatusCode.OK


async def test_a_draining_brain_takes_nothing_new(tmp_path: Path) -> None:
    """While a slow call is finished, a new call and a new stream are UNAVAILABLE."""
    faults = {"BRAIN_FAULT_LATENCY_RATE": "1", "BRAIN_FAULT_LATENCY_S": "3"}
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=faults) as process:
        async with calling(process.port) as stub:
            slow = asyncio.ensure_future(stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction()), timeout=30.0))
            await asyncio.sleep(1.0)  # it has arrived
            stop = asyncio.create_task(asyncio.to_thread(process.stop))
            await eventually(lambda: "brain.draining" in process.log())

            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("new")), timeout=1.0)
            stream_status = await Stream(stub).call.code()
            await slow

            assert await stop == 0

    assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
    assert stream_status == grpc.StatusCode.UNAVAILABLE


def test_a_misspelt_setting_stops_the_start_with_one_line(tmp_path: Path) -> None:
    """The process ends with status 2 and a line that names the variable; no traceback."""
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_FAULT_LATENCY_RAET": "0.1"})
    process.launch()
    while process.is_running:
        time.sleep(0.02)

    assert process.returncode == 2
    assert "BRAIN_FAULT_LATENCY_RAET" in process.log()
    assert len(process.log().splitlines()) == 1


def test_a_busy_port_is_named_in_one_line(brain: BrainProcess, tmp_path: Path) -> None:
    """A second brain on the port of the first says which variable moves it."""
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, port=brain.port)
    process.launch()
    while process.is_running:
        time.sleep(0.02)

    assert process.returncode == 2
    assert "BRAIN_SERVICE_PORT" in process.log()


async def test_a_drain_is_bounded(tmp_path: Path) -> None:
    """A call that takes longer than BRAIN_DRAIN_S is cut: the process ends in time, and says so."""
    slow = {"BRAIN_FAULT_LATENCY_RATE": "1", "BRAIN_FAULT_LATENCY_S": "60", "BRAIN_DRAIN_S": "0.3"}
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=slow) as process:
        async with calling(process.port) as stub:
            call = stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction()), timeout=60.0)
            await asyncio.sleep(1.0)  # it has arrived

            assert await asyncio.to_thread(process.stop, within_s=30.0) == 0

            assert await call.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    assert "brain.drain_cut" in process.log()
