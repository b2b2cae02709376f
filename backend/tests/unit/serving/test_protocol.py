"""What the protocol does on a connection that cannot end one side alone, as with TLS; the rest is in contract/http."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.serving.connections import Connections
from gateway.serving.limits import Limits
from gateway.serving.protocol import GatewayProtocol

LIMITS = Limits()


class FakeCounters:
    """Counts what is dropped, and finds an endless loop."""

    def __init__(self) -> None:
        self.dropped = Counter[str]()

    def connection_dropped(self, reason: str) -> None:
        """One more."""
        self.dropped[reason] += 1
        if self.dropped.total() > 10:
            raise RecursionError(reason)

    def connections_open(self, count: int) -> None:
        """Nobody asks."""


class FakeTransport(asyncio.Transport):
    """Keeps what was written; can be closed only as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_closed = False
        self.reads_on = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nothing is known."""
        return default

    def write(self, data: Any) -> None:
        """Keep it."""
        self.written += data

    def can_write_eof(self) -> bool:
        """As with TLS."""
        return False

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.is_closed

    def close(self) -> None:
        """Note it."""
        self.is_closed = True

    def pause_reading(self) -> None:
        """Note it."""
        self.reads_on = False

    def resume_reading(self) -> None:
        """Note it."""
        self.reads_on = True


@pytest.fixture
async def made() -> tuple[GatewayProtocol, FakeTransport, FakeCounters]:
    """A connection, which no application answers."""
    config = Config(_never, log_config=None)
    config.load()
    counters, transport = FakeCounters(), FakeTransport()
    loop = asyncio.get_running_loop()
    connections = Connections(LIMITS, counters=counters, now_s=loop.time)
    protocol = GatewayProtocol(config, ServerState(), {}, loop, connections=connections)
    protocol.connection_made(transport)
    return protocol, transport, counters


async def _never(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    "sent", [b"GET /" + b"a" * 100_000, b"\x00\x01\r\n\r\n" + b"x" * 100_000], ids=["long", "no HTTP"]
)
async def test_a_refusal_is_said_once_and_what_follows_is_thrown_away(
    made: tuple[GatewayProtocol, FakeTransport, FakeCounters], sent: bytes
) -> None:
    """All in one segment or more of it later: one answer; then reading pauses, and the connection ends after 2 s."""
    protocol, transport, counters = made

    protocol.data_received(sent)
    protocol.data_received(sent)

    assert counters.dropped.total() == 1
    assert transport.written.count(b"HTTP/1.1 4") == 1
    assert (transport.is_closed, transport.reads_on) == (False, False)

    protocol.expire(asyncio.get_running_loop().time() + LIMITS.linger_s)
    assert transport.is_closed
