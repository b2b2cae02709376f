"""
Serves one gateway's stream: items come in batches, outcomes leave in batches and in any order.

    open ──GoingAway sent──> leaving (items in transit are still taken) ──linger over──> finishing ──> closed
      └──────────────── the gateway has half-closed ──────────────────────────────────────┘
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from brain.batching.admission import Admission
from brain.batching.attempts import Attempt
from brain.outcomes import Outcome, failure
from protos.fraud_pb2 import (
    Failure,
    GoingAway,
    ScoreItem,
    ScoreReply,
    ScoreStreamReply,
    ScoreStreamRequest,
)

Write = Callable[[ScoreStreamReply], Awaitable[None]]

ITEMS_MAX = 256  # read before other streams have a turn: a message may bring tens of thousands
OUTCOMES_MAX = 256  # in one message: about 100 kB with reasons
OUTBOX_MAX = 2048  # outcomes that a gateway may leave unread before the brain stops reading its items
LINGER_S = 0.2  # for items that were sent before the gateway read our GoingAway


class StreamSession:
    """The state of one stream, for as long as its call lasts."""

    def __init__(self, admission: Admission) -> None:
        """Args: admission: takes the items."""
        self._admission = admission
        self._attempts: dict[int, Attempt] = {}
        self._outbox: deque[tuple[int, Outcome]] = deque()
        self._wake = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._reader: asyncio.Task[None] | None = None
        self._is_leaving = False
        self._must_announce_leaving = False

    async def run(self, requests: AsyncIterator[ScoreStreamRequest], write: Write) -> None:
        """Answer items until the gateway half-closes or the brain leaves, and all are answered."""
        self._reader = asyncio.create_task(self._read(requests))
        self._reader.add_done_callback(lambda _: self._wake.set())
        if self._is_leaving:
            self._stop_reading_soon(self._reader)
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._must_announce_leaving:
                    self._must_announce_leaving = False
                    await write(ScoreStreamReply(going_away=GoingAway()))
                while self._outbox:
                    await write(self._next_message())
                if self._reader.done() and not self._attempts:
                    if not self._reader.cancelled():
                        self._reader.result()  # a bug in reading must break the call, not end it with OK
                    return
        finally:
            self._reader.cancel()
            for attempt in self._attempts.values():
                attempt.cancel()
            self._attempts.clear()

    def leave(self) -> None:
        """Send GoingAway, accept items in transit, answer all, end. Call it at most once."""
        self._is_leaving = self._must_announce_leaving = True
        self._wake.set()
        if self._reader is not None:
            self._stop_reading_soon(self._reader)

    def _stop_reading_soon(self, reader: asyncio.Task[None]) -> None:
        asyncio.get_running_loop().call_later(LINGER_S, reader.cancel)

    def _next_message(self) -> ScoreStreamReply:
        message = ScoreStreamReply()
        for _ in range(min(len(self._outbox), OUTCOMES_MAX)):
            attempt_id, outcome = self._outbox.popleft()
            sent = message.outcomes.add()
            sent.attempt_id = attempt_id
            if isinstance(outcome, ScoreReply):
                sent.score.CopyFrom(outcome)
            else:
                sent.failure.CopyFrom(outcome)
        if len(self._outbox) < OUTBOX_MAX:
            self._has_room.set()
        return message

    async def _read(self, requests: AsyncIterator[ScoreStreamRequest]) -> None:
        async for request in requests:
            for count, item in enumerate(request.items, start=1):
                self._take(item)
                if count % ITEMS_MAX == 0:
                    await asyncio.sleep(0)
            for count, attempt_id in enumerate(request.cancelled_attempt_ids, start=1):
                if (attempt := self._attempts.pop(attempt_id, None)) is not None:
                    attempt.cancel()
                if count % ITEMS_MAX == 0:
                    await asyncio.sleep(0)
            self._wake.set()
            await self._has_room.wait()

    def _take(self, item: ScoreItem) -> None:
        if item.attempt_id in self._attempts:
            self._send(item.attempt_id, failure(Failure.INVALID_ARGUMENT, "attempt_id is in flight already"))
            return
        attempt = self._admission.admit(
            item.transaction,
            source=self,
            budget_s=item.budget_ms / 1000,
            deliver=partial(self._deliver, item.attempt_id),
        )
        if attempt is not None and not attempt.is_over:
            self._attempts[item.attempt_id] = attempt

    def _deliver(self, attempt_id: int, outcome: Outcome) -> None:
        self._attempts.pop(attempt_id, None)
        self._send(attempt_id, outcome)

    def _send(self, attempt_id: int, outcome: Outcome) -> None:
        self._outbox.append((attempt_id, outcome))
        if len(self._outbox) >= OUTBOX_MAX:
            self._has_room.clear()
        self._wake.set()
