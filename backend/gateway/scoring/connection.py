"""One standing ScoreStream call: attempts go out in batches, outcomes come back in any order."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import grpc
from pydantic import SecretStr

from gateway.scoring.hedging import HedgedCall
from protos import fraud_pb2, fraud_pb2_grpc

StreamCall = grpc.aio.StreamStreamCall[fraud_pb2.ScoreStreamRequest, fraud_pb2.ScoreStreamReply]
# Takes what is queued now; None when nothing is. Called once for each message, so a batch is natural.
TakeBatch = Callable[[], "tuple[list[tuple[int, HedgedCall]], list[int]] | None"]
_BRAIN_IS_UNWELL = (fraud_pb2.Failure.INTERNAL, fraud_pb2.Failure.OVERLOADED)
Stub = TypeVar("Stub")
_MESSAGE_BYTES_MAX = 4 * 1024 * 1024
_OPTIONS = [
    # gRPC's own back-off grows to 120 s: longer than an open circuit, so recovery would wait for it
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    # deadlines are the protection; pings only find a peer that vanished without a word
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 1_000),
    ("grpc.http2.ping_timeout_ms", 1_000),
    ("grpc.max_receive_message_length", _MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", _MESSAGE_BYTES_MAX),
    ("grpc.enable_http_proxy", 0),  # gRPC would take http_proxy of the environment, for 127.0.0.1 too
    ("grpc.enable_retries", 0),  # hedging is ours: gRPC for Python has none
    ("grpc.use_local_subchannel_pool", 1),
]


class Connection:
    """
    A live stream to a brain. It ends by breaking, or by the brain's GoingAway and then its last outcome.

    `open` raises grpc.aio.AioRpcError or TimeoutError; after that, nothing here raises.
    """

    def __init__(self, call: StreamCall) -> None:
        self._call = call
        self._attempts: dict[int, HedgedCall] = {}
        self.is_going_away = asyncio.Event()
        self.owes_nothing = asyncio.Event()  # only after is_going_away
        self.silent_since_s: float | None = None  # sent something then, heard nothing since
        self.failures = 0  # in a row, by the brain's own word
        self.answered = 0
        self._scored_id = 0  # newest attempt that a score came for
        self._scored_at_s = -float("inf")  # when the last score came

    @classmethod
    async def open(cls, stub: "fraud_pb2_grpc.FraudDetectionAsyncStub", *, timeout_s: float) -> "Connection":
        """Call, and wait until the brain has accepted: it sends its initial metadata at once."""
        call = stub.ScoreStream()
        try:
            async with asyncio.timeout(timeout_s):
                await call.wait_for_connection()
        except BaseException:
            call.cancel()
            raise
        return cls(call)

    async def write(self, take: TakeBatch, wake: asyncio.Event) -> None:
        """Send batches until the stream breaks or the brain is going away; "in flight" ends when write returns."""
        loop = asyncio.get_running_loop()
        while not self.is_going_away.is_set():
            batch = take()
            if batch is None:
                wake.clear()
                await wake.wait()
                continue
            items, cancelled = batch
            now_s = loop.time()
            if items and self.silent_since_s is None:
                self.silent_since_s = now_s
            message = fraud_pb2.ScoreStreamRequest(cancelled_attempt_ids=cancelled)
            for attempt_id, call in items:
                self._attempts[attempt_id] = call
                item = message.items.add()
                item.attempt_id = attempt_id
                item.budget_ms = max(1, round((call.deadline_s - now_s) * 1000))
                item.transaction.CopyFrom(call.transaction)
            try:
                await self._call.write(message)
            except (grpc.aio.AioRpcError, asyncio.InvalidStateError, grpc.aio.UsageError):
                return

    async def read(self) -> None:
        """Hand out outcomes until the stream ends."""
        loop = asyncio.get_running_loop()
        try:
            async for reply in self._call:
                now_s = loop.time()
                for outcome in reply.outcomes:
                    self._hand_out(outcome, now_s)
                self.silent_since_s = now_s if self._attempts else None
                if reply.HasField("going_away"):
                    self.is_going_away.set()
                self._check_owed()
        except grpc.aio.AioRpcError:
            return

    @property
    def load(self) -> int:
        """Attempts that are sent and not answered."""
        return len(self._attempts)

    def is_behind(self, attempt_id: int, *, since_s: float) -> bool:
        """
        Whether the brain has worked since then, on what was sent before this attempt.

        Older attempts are out, scores came, and none of an attempt that was sent later. An attempt that is slow by
        itself is overtaken instead, and a brain that hangs gives no scores at all.
        """
        has_worked = self._scored_at_s >= since_s and self._scored_id < attempt_id
        return has_worked and next(iter(self._attempts), attempt_id) < attempt_id

    def forget(self, attempt_id: int) -> bool:
        """Drop an attempt that nobody waits for; True when the brain should be told."""
        was_owed = self._attempts.pop(attempt_id, None) is not None
        self._check_owed()
        return was_owed

    def close(self) -> dict[int, HedgedCall]:
        """End the call; the attempts that it still owed."""
        self._call.cancel()
        owed, self._attempts = self._attempts, {}
        return owed

    def _hand_out(self, outcome: fraud_pb2.ScoreOutcome, now_s: float) -> None:
        attempt_id = outcome.attempt_id
        is_score = outcome.WhichOneof("result") == "score"
        if is_score:
            self._scored_id, self._scored_at_s = max(self._scored_id, attempt_id), now_s
        if is_score or outcome.failure.code not in _BRAIN_IS_UNWELL:
            self.failures = 0
            self.answered += 1
        else:
            self.failures += 1
        call = self._attempts.pop(attempt_id, None)
        if call is not None:
            call.answered(attempt_id, outcome)

    def _check_owed(self) -> None:
        if self.is_going_away.is_set() and not self._attempts:
            self.owes_nothing.set()


def open_channel(address: str) -> grpc.aio.Channel:
    """A channel of its own to one address, "host:port". Nothing is connected yet."""
    return grpc.aio.insecure_channel(address, options=_OPTIONS)


def with_token(stub: Stub, token: SecretStr | None) -> Stub:
    """Let each call of a stub bear the brain's token: once a call, so messages of a stream cost nothing more."""
    if token is not None:
        metadata = (("authorization", f"Bearer {token.get_secret_value()}"),)
        for name, call in tuple(vars(stub).items()):
            setattr(stub, name, partial(call, metadata=metadata))
    return stub
