"""One stream's session: bounded towards a gateway that does not read, tidy when it goes away."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

import pytest

from brain.batching.admission import Admission
from brain.batching.batcher import MicroBatcher
from brain.domain import Query
from brain.faults.injector import Faults
from brain.faults.settings import FaultSettings
from brain.outcomes import Outcome
from brain.rpc import stream_session
from brain.rpc.stream_session import StreamSession
from protos.fraud_pb2 import ScoreReply, ScoreStreamReply, ScoreStreamRequest
from tests.brain_calls import an_item


class Gateway:
    """The other end: sends what it is given, reads when it likes."""

    def __init__(self) -> None:
        self.to_send: asyncio.Queue[ScoreStreamRequest | None] = asyncio.Queue()
        self.taken = 0
        self.reads = asyncio.Event()
        self.reads.set()
        self.received: list[ScoreStreamReply] = []

    async def requests(self) -> AsyncIterator[ScoreStreamRequest]:
        """Messages until half-closed (None)."""
        while (message := await self.to_send.get()) is not None:
            await asyncio.sleep(0.001)  # the wire
            self.taken += 1
            yield message

    async def write(self, reply: ScoreStreamReply) -> None:
        """What grpc does: wait while the other side does not read."""
        await self.reads.wait()
        self.received.append(reply)

    @property
    def answered(self) -> list[int]:
        """Attempts in the order of their outcomes."""
        return [outcome.attempt_id for reply in self.received for outcome in reply.outcomes]


@pytest.fixture
def gateway() -> Gateway:
    """A gateway that reads at once."""
    return Gateway()


@pytest.fixture
def batcher() -> MicroBatcher:
    """A batcher with a scorer that echoes."""

    def echo(queries: Sequence[Query]) -> Sequence[Outcome]:
        return [ScoreReply(transaction_id=query.transaction_id) for query in queries]

    return MicroBatcher(echo, batch_max=100, queue_max=1000)


def a_session(batcher: MicroBatcher, *, latency_rate: float = 0.0) -> StreamSession:
    """A session whose attempts may sleep for a minute."""
    faults = Faults(FaultSettings(latency_rate=latency_rate, latency_s=60.0), chance=random.Random(1))
    return StreamSession(Admission(batcher, faults, {"USD": Decimal(1)}, asleep_max=100))


async def until_quiet() -> None:
    """Time enough for what was sent to arrive and for everything else that can happen without sleeping."""
    await asyncio.sleep(0.02)


async def test_outcomes_of_one_batch_leave_in_one_message(gateway: Gateway, batcher: MicroBatcher) -> None:
    """Ten items in, one message with ten outcomes out."""
    gateway.to_send.put_nowait(ScoreStreamRequest(items=[an_item(n) for n in range(10)]))
    gateway.to_send.put_nowait(None)

    await a_session(batcher).run(gateway.requests(), gateway.write)

    assert [len(reply.outcomes) for reply in gateway.received] == [10]


async def test_a_message_is_bounded(gateway: Gateway, batcher: MicroBatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """More outcomes than fit go out in several."""
    monkeypatch.setattr(stream_session, "OUTCOMES_MAX", 4)
    gateway.to_send.put_nowait(ScoreStreamRequest(items=[an_item(n) for n in range(10)]))
    gateway.to_send.put_nowait(None)

    await a_session(batcher).run(gateway.requests(), gateway.write)

    assert [len(reply.outcomes) for reply in gateway.received] == [4, 4, 2]
    assert sorted(gateway.answered) == list(range(10))


async def test_a_gateway_that_does_not_read_is_not_read_from(
    gateway: Gateway, batcher: MicroBatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the outbox full we stop taking messages; once it reads, everything is answered."""
    monkeypatch.setattr(stream_session, "OUTBOX_MAX", 20)
    gateway.reads.clear()
    for message in range(10):
        items = [an_item(message * 10 + n) for n in range(10)]
        gateway.to_send.put_nowait(ScoreStreamRequest(items=items))
    gateway.to_send.put_nowait(None)
    run = asyncio.create_task(a_session(batcher).run(gateway.requests(), gateway.write))

    await asyncio.sleep(0.05)
    taken_while_blocked = gateway.taken
    gateway.reads.set()
    await run

    assert taken_while_blocked < 8
    assert sorted(gateway.answered) == list(range(100))


async def test_a_broken_stream_leaves_nothing_behind(gateway: Gateway, batcher: MicroBatcher) -> None:
    """When the call is cancelled, its sleepers are cancelled too: another stream finds room at once."""
    faults = Faults(FaultSettings(latency_rate=1.0, latency_s=60.0))
    admission = Admission(batcher, faults, {"USD": Decimal(1)}, asleep_max=5)
    gateway.to_send.put_nowait(ScoreStreamRequest(items=[an_item(n) for n in range(5)]))
    run = asyncio.create_task(StreamSession(admission).run(gateway.requests(), gateway.write))
    await until_quiet()
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)

    other = Gateway()
    other.to_send.put_nowait(ScoreStreamRequest(items=[an_item(1)]))
    other_run = asyncio.create_task(StreamSession(admission).run(other.requests(), other.write))
    await until_quiet()

    assert other.answered == []  # asleep, where OVERLOADED would have come at once
    other_run.cancel()


async def test_a_bug_in_reading_breaks_the_call(gateway: Gateway, batcher: MicroBatcher) -> None:
    """The gateway sees an error and sends its items again, instead of a clean end that promises nothing."""

    async def broken() -> AsyncIterator[ScoreStreamRequest]:
        yield ScoreStreamRequest(items=[an_item(1)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await a_session(batcher).run(broken(), gateway.write)

    assert gateway.answered == [1]


async def test_a_stream_that_opens_into_a_drain_is_told_at_once(gateway: Gateway, batcher: MicroBatcher) -> None:
    """Leaving before the session runs is leaving all the same: GoingAway, then the end."""
    session = a_session(batcher)
    session.leave()

    await asyncio.wait_for(session.run(gateway.requests(), gateway.write), 2 * stream_session.LINGER_S)

    assert [reply.HasField("going_away") for reply in gateway.received] == [True]


async def test_items_that_cross_a_goodbye_are_answered(gateway: Gateway, batcher: MicroBatcher) -> None:
    """What was on the wire when GoingAway was sent still gets its outcome; then the stream ends by itself."""
    session = a_session(batcher)
    run = asyncio.create_task(session.run(gateway.requests(), gateway.write))
    await until_quiet()
    session.leave()
    await until_quiet()
    assert gateway.received[0].HasField("going_away")
    gateway.to_send.put_nowait(ScoreStreamRequest(items=[an_item(7)]))

    await asyncio.wait_for(run, 2 * stream_session.LINGER_S)

    assert gateway.answered == [7]
    assert sum(reply.HasField("going_away") for reply in gateway.received) == 1
