"""How tests speak to a brain: transactions worth sending, a channel, and a stream that remembers its outcomes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from local.ports import LOOPBACK
from protos import fraud_pb2
from protos.fraud_pb2_grpc import FraudDetectionStub

SERVICE = "sentinel.fraud.v1.FraudDetection"
NO_MONGODB = "mongodb://127.0.0.1:9"  # the discard port: nobody listens
NOON_MS = 1_767_182_400_000  # 2025-12-31T12:00:00Z
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ANSWER_WITHIN_S = 30.0  # generous: a test fails by what it asserts, not by a slow machine


def a_transaction(
    transaction_id: str = "txn_001",
    *,
    user_id: str = "user_1",
    merchant_id: str | None = "merchant_1",
    minor_units: int = 15_050,
    currency: str = "USD",
    event_time_ms: int = NOON_MS,
) -> fraud_pb2.Transaction:
    """A transaction as a gateway sends it."""
    return fraud_pb2.Transaction(
        transaction_id=transaction_id,
        amount=fraud_pb2.Money(minor_units=minor_units, currency=currency),
        user_id=user_id,
        merchant_id=merchant_id,
        event_time_ms=event_time_ms,
    )


def an_item(
    attempt_id: int, transaction: fraud_pb2.Transaction | None = None, *, budget_ms: int = 5000
) -> fraud_pb2.ScoreItem:
    """One attempt in a stream."""
    return fraud_pb2.ScoreItem(
        attempt_id=attempt_id,
        budget_ms=budget_ms,
        transaction=transaction or a_transaction(f"txn_{attempt_id}"),
    )


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Any]:
    """A stub of the brain on this port of 127.0.0.1."""
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        yield FraudDetectionStub(channel)


def health_stub(channel: grpc.aio.Channel) -> Any:
    """The health service; its types lack its methods."""
    return health_pb2_grpc.HealthStub(channel)


async def health_of(port: int, service: str) -> int:
    """What a probe would hear."""
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        question = health_pb2.HealthCheckRequest(service=service)
        answer = await health_stub(channel).Check(question, timeout=ANSWER_WITHIN_S)
        return int(answer.status)


class Stream:
    """A standing stream: send items, then ask for the outcomes by attempt_id."""

    def __init__(self, stub: Any) -> None:
        """Open it; `stub` comes from `calling`."""
        self.call = stub.ScoreStream()
        self.outcomes: dict[int, list[fraud_pb2.ScoreOutcome]] = {}
        self.is_leaving = False

    async def send(self, items: Sequence[fraud_pb2.ScoreItem] = (), *, cancelled: Sequence[int] = ()) -> None:
        """Send one message."""
        await self.call.write(fraud_pb2.ScoreStreamRequest(items=items, cancelled_attempt_ids=cancelled))

    async def receive(self) -> bool:
        """Take one message. Returns False when the brain has closed the stream."""
        message = await asyncio.wait_for(self.call.read(), ANSWER_WITHIN_S)
        if message is grpc.aio.EOF:
            return False
        self.is_leaving |= message.HasField("going_away")
        for outcome in message.outcomes:
            self.outcomes.setdefault(outcome.attempt_id, []).append(outcome)
        return True

    async def receive_outcomes(self, count: int) -> None:
        """Take messages until this many attempts have an outcome."""
        while len(self.outcomes) < count:
            assert await self.receive(), "the brain closed the stream early"

    async def receive_to_the_end(self) -> grpc.StatusCode:
        """Take all that comes until the brain closes the stream. Returns the status."""
        while await self.receive():
            pass
        status: grpc.StatusCode = await self.call.code()
        return status
