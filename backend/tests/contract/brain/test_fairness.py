"""What one client of the brain cannot take from another, however much it sends: a real process, real streams."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any

import grpc
import pytest

from local.ports import LOOPBACK
from protos import fraud_pb2
from protos.fraud_pb2 import Failure
from tests.brain_calls import NO_MONGODB, SERVICE, Stream, a_transaction, an_item, calling
from tests.processes import BrainProcess

FLOOD_ITEMS = 500  # in each message
FLOOD_MESSAGES = 40  # made once and sent over and over: making them would be what bounds the flood
POLITE = 100
BUDGET_MS = 5_000  # a test machine may be slow; in a queue behind the flood it would not be enough
QUEUE_MAX = 300  # small, so that the flood fills it on any machine


@pytest.fixture(scope="module")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """Healthy, without history, and with a short queue."""
    environment = {"BRAIN_QUEUE_MAX": str(QUEUE_MAX)}
    directory = tmp_path_factory.mktemp("brain")
    with BrainProcess(directory, mongodb_url=NO_MONGODB, environment=environment) as process:
        yield process


@pytest.fixture(scope="module")
def sleepy_brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """Every attempt sleeps for 0.1 s, as an injected fault."""
    environment = {
        "BRAIN_QUEUE_MAX": str(QUEUE_MAX),
        "BRAIN_FAULT_LATENCY_RATE": "1",
        "BRAIN_FAULT_LATENCY_S": "0.1",
    }
    directory = tmp_path_factory.mktemp("sleepy_brain")
    with BrainProcess(directory, mongodb_url=NO_MONGODB, environment=environment) as process:
        yield process


class Flood:
    """A client that sends as much as the wire takes, and reads what comes back."""

    def __init__(self) -> None:
        self.scores = 0
        self.overloaded = 0
        starts = range(0, FLOOD_MESSAGES * FLOOD_ITEMS, FLOOD_ITEMS)
        self._messages = [_message(range(start, start + FLOOD_ITEMS)) for start in starts]

    async def pour(self, channel: grpc.aio.Channel) -> None:
        """Until it is cancelled."""
        path, parse = f"/{SERVICE}/ScoreStream", fraud_pb2.ScoreStreamReply.FromString
        call: Any = channel.stream_stream(path, response_deserializer=parse)()  # no serializer: bytes as they are
        reading = asyncio.create_task(self._read(call))
        try:
            for message in cycle(self._messages):
                await call.write(message)
        finally:
            reading.cancel()
            call.cancel()

    async def _read(self, call: Any) -> None:
        async for reply in call:
            for outcome in reply.outcomes:
                self.scores += outcome.HasField("score")
                self.overloaded += outcome.failure.code == Failure.OVERLOADED


def _message(attempt_ids: Iterable[int]) -> bytes:
    items = [an_item(attempt_id, budget_ms=60_000) for attempt_id in attempt_ids]
    return fraud_pb2.ScoreStreamRequest(items=items).SerializeToString()


@asynccontextmanager
async def flooded(brain: BrainProcess) -> AsyncIterator[Flood]:
    """A flood that goes on for the block, and has filled the brain's queue."""
    flood = Flood()
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{brain.port}") as channel:
        pouring = asyncio.create_task(flood.pour(channel))
        try:
            while flood.overloaded < QUEUE_MAX:
                assert not pouring.done(), "the flood ended early"
                await asyncio.sleep(0.01)
            yield flood
        finally:
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)


async def polite_outcomes(stub: Any) -> list[fraud_pb2.ScoreOutcome]:
    """What a client gets that sends its transactions one after another, each once the last one is answered."""
    stream = Stream(stub)
    for n in range(1, POLITE + 1):
        await stream.send([an_item(n, budget_ms=BUDGET_MS)])
        await stream.receive_outcomes(n)
    await stream.call.done_writing()
    return [outcomes[0] for outcomes in stream.outcomes.values()]


async def test_a_flood_on_one_stream_takes_no_score_from_another(brain: BrainProcess) -> None:
    """The polite client gets every score; the flood is OVERLOADED, and still gets what nobody else wants."""
    async with flooded(brain) as flood, calling(brain.port) as stub:
        before = flood.scores
        outcomes = await polite_outcomes(stub)

        assert [outcome.WhichOneof("result") for outcome in outcomes] == ["score"] * POLITE
        assert flood.scores > before


async def test_a_flood_takes_no_score_from_single_calls(brain: BrainProcess) -> None:
    """Who calls Score, as the gateway's canary and a person with grpcurl do, is a client as well."""
    async with flooded(brain), calling(brain.port) as stub:
        request = fraud_pb2.ScoreRequest(transaction=a_transaction())
        answers = [await stub.Score(request, timeout=BUDGET_MS / 1000) for _ in range(POLITE)]

    assert {answer.transaction_id for answer in answers} == {"txn_001"}


async def test_sleepers_of_a_flood_leave_room_for_others(sleepy_brain: BrainProcess) -> None:
    """Injected latency holds attempts back, and the number of them is bounded: that bound is shared out as well."""
    async with flooded(sleepy_brain), calling(sleepy_brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(n, budget_ms=60_000) for n in range(QUEUE_MAX // 2)])
        await stream.receive_outcomes(QUEUE_MAX // 2)

    assert all(outcomes[0].HasField("score") for outcomes in stream.outcomes.values())
