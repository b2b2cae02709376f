"""
The standing stream to one brain, kept open for ever.

  connecting ── accepted ──> live ── broken ──> connecting ── refused ──> unreachable ── accepted ──> live
                              └─── going away: the old call is read to its end, a fresh one is opened beside it

What is sent while connecting waits inside its budget; while unreachable it is refused at once, and the stream goes
on reconnecting on its own, so that recovery waits for nobody's traffic.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from enum import StrEnum
from itertools import count
from typing import Any

import grpc
import structlog
from pydantic import SecretStr

from gateway.scoring.connection import Connection, open_channel, with_token
from gateway.scoring.errors import GatewayOverloaded, ScorerUnavailable
from gateway.scoring.hedging import HedgedCall
from protos import fraud_pb2_grpc

_log = structlog.get_logger()
_BATCH_MAX = 256  # items in one message; the brain scores them 64 at a time
_RECONNECT_S = 0.2  # from one refused or broken connection to the next try
_SUSPECT_S = 0.15  # a brain that was sent something and is silent for as long as three hedges; healthy ones take 0.01
_SUSPECT_FAILURES = 5  # in a row
_PROBE_S = 1.0  # a suspect brain gets one attempt a second: its hedge costs the caller 50 ms at most
_attempt_ids = count(1)  # unique over all streams: a call's attempts may be on several
_DRAIN_S = 5.0  # a draining brain has no longer for what it has begun


class Reach(StrEnum):
    """What is known of the way to the brain."""

    CONNECTING = "connecting"
    LIVE = "live"
    UNREACHABLE = "unreachable"


def _why(error: grpc.aio.AioRpcError | TimeoutError) -> str:
    if isinstance(error, grpc.aio.AioRpcError) and error.code() is grpc.StatusCode.UNAUTHENTICATED:
        return error.details() or "UNAUTHENTICATED"  # the operator's to mend: the brain says how
    return type(error).__name__


class BrainStream:
    """
    Carries attempts to one address. `start` and `close` belong to the event loop that uses it.

    Args:
        address: "host:port".
        waiting_max: Attempts that this brain may owe, sent or not; hedges get half of it.
        connect_s: How long a brain may take to accept a stream.
        token: What the brain asks of its callers, if it does.
    """

    def __init__(self, address: str, *, waiting_max: int, connect_s: float, token: SecretStr | None = None) -> None:
        self.address = address
        self.reach = Reach.CONNECTING
        self.is_distrusted = False  # the canary says so, also over a restart of the brain
        self.is_settled = asyncio.Event()  # the first try to connect is over, either way
        self._waiting_max = waiting_max
        self._connect_s = connect_s
        self._token = token
        self._queue: deque[tuple[int, HedgedCall]] = deque()
        self._cancelled: deque[int] = deque(maxlen=waiting_max)
        self._wake = asyncio.Event()
        self._probed_at_s = 0.0
        self._answered_before = 0  # on connections that are over
        self._connection: Connection | None = None
        self._leaving: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to connect, in the background."""
        self._channel = open_channel(self.address)
        stub: fraud_pb2_grpc.FraudDetectionAsyncStub = fraud_pb2_grpc.FraudDetectionStub(self._channel)
        self.stub = with_token(stub, self._token)
        self._spawn(self._keep_open())

    async def close(self) -> None:
        """Stop; what is still waiting is refused."""
        for task in tuple(self._tasks):
            task.cancel()
        while self._tasks:  # one that ends may leave another behind, which settles what the stream still owes
            await asyncio.wait(self._tasks)
        self._become_unreachable("the gateway is stopping")
        await self._channel.close()

    async def retire(self) -> None:
        """Take nothing new any more, wait for what is under way, close. The caller sends nothing from now on."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + _DRAIN_S
        while self.load and loop.time() < end_s:  # noqa: ASYNC110 (once in a pod's life: an event would cost each attempt)
            await asyncio.sleep(_RECONNECT_S)
        await self.close()

    def send(self, call: HedgedCall) -> int:
        """
        Queue one attempt.

        Raises:
            ScorerUnavailable: the brain refuses connections.
            GatewayOverloaded: the brain owes us enough. Under load hedges go first: they only add to it.
        """
        if self.reach is Reach.UNREACHABLE:
            raise ScorerUnavailable(f"no connection to {self.address}")
        while self._queue and self._queue[0][1].done():
            self._queue.popleft()
        if self.load >= (self._waiting_max // 2 if call.is_hedging else self._waiting_max):
            raise GatewayOverloaded("too many attempts wait for the scorer")
        attempt_id = next(_attempt_ids)
        self._queue.append((attempt_id, call))
        self._wake.set()
        return attempt_id

    def cancel(self, attempt_id: int) -> None:
        """Tell the brain to stop working on a lost hedge."""
        for connection in self._leaving:
            connection.forget(attempt_id)
        if self._connection is not None and self._connection.forget(attempt_id):
            self._cancelled.append(attempt_id)
            self._wake.set()

    def is_behind(self, attempt_id: int, *, since_s: float) -> bool:
        """Whether the brain has worked since then, on what was sent before this attempt."""
        return self._connection is not None and self._connection.is_behind(attempt_id, since_s=since_s)

    @property
    def load(self) -> int:
        """Attempts that are waiting for this brain."""
        return len(self._queue) + (self._connection.load if self._connection else 0)

    @property
    def answered(self) -> int:
        """Scores that this brain has given us."""
        return self._answered_before + (self._connection.answered if self._connection else 0)

    def is_suspect(self, now_s: float) -> bool:
        """Silent, or failing, although connected: frozen, overloaded or broken. `now_s` on the loop's clock."""
        connection = self._connection
        if connection is None:
            return False
        silent_since_s = connection.silent_since_s
        is_silent = silent_since_s is not None and now_s - silent_since_s > _SUSPECT_S
        return is_silent or connection.failures >= _SUSPECT_FAILURES

    def take_probe(self, now_s: float) -> bool:
        """True once each _PROBE_S: this suspect brain is due to be tried again."""
        if now_s - self._probed_at_s < _PROBE_S:
            return False
        self._probed_at_s = now_s
        return True

    async def _keep_open(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection = await Connection.open(self.stub, timeout_s=self._connect_s)
            except (grpc.aio.AioRpcError, TimeoutError) as error:
                self._become_unreachable(_why(error))
                await asyncio.sleep(_RECONNECT_S)
                continue
            self._become_live(connection)
            opened_at_s = loop.time()
            await self._use(connection)
            self.reach = Reach.CONNECTING
            if loop.time() - opened_at_s < _RECONNECT_S:  # a brain that accepts and hangs up must not make us spin
                await asyncio.sleep(_RECONNECT_S)

    async def _use(self, connection: Connection) -> None:
        """Until it breaks or the brain goes away; from then on it takes nothing new."""
        writing = asyncio.create_task(connection.write(self._take, self._wake))
        reading = asyncio.create_task(connection.read())
        leaving = asyncio.create_task(connection.is_going_away.wait())
        try:
            await asyncio.wait({writing, reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            self._connection = None
            self._wake.set()  # the writer sees that the brain is going away
            self._spawn(self._settle(connection, writing, reading))

    async def _settle(self, connection: Connection, writing: asyncio.Task[None], reading: asyncio.Task[None]) -> None:
        """Let a draining brain answer what it has. What a stream still owes when it ends is sent again."""
        self._leaving.add(connection)
        waiting = asyncio.create_task(connection.owes_nothing.wait())
        try:
            if connection.is_going_away.is_set():
                _log.info("scorer.going_away", address=self.address)
                await asyncio.wait({reading, waiting}, timeout=_DRAIN_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._leaving.discard(connection)
            owed = connection.close()
            self._answered_before += connection.answered
            for task in (writing, reading, waiting):
                task.cancel()
            for attempt_id, call in owed.items():
                call.lost(attempt_id)

    def _take(self) -> tuple[list[tuple[int, HedgedCall]], list[int]] | None:
        items: list[tuple[int, HedgedCall]] = []
        while self._queue and len(items) < _BATCH_MAX:
            attempt_id, call = self._queue.popleft()
            if not call.done():
                items.append((attempt_id, call))
        cancelled = list(self._cancelled)
        self._cancelled.clear()
        return (items, cancelled) if items or cancelled else None

    def _become_live(self, connection: Connection) -> None:
        self._connection = connection
        self._cancelled.clear()
        if self.reach is not Reach.LIVE:
            _log.info("scorer.connected", address=self.address)
        self.reach = Reach.LIVE
        self.is_settled.set()

    def _become_unreachable(self, why: str) -> None:
        if self.reach is not Reach.UNREACHABLE:
            _log.warning("scorer.unreachable", address=self.address, why=why)
        self.reach = Reach.UNREACHABLE
        self.is_settled.set()
        while self._queue:
            attempt_id, call = self._queue.popleft()
            call.refused(attempt_id)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
