"""A transport that collects what is written loses nothing of it, however the connection ends."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.serving.transport import GentleTransport


class Socket(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        self.writes.append(b"<end>")


@pytest.fixture
def socket() -> Socket:
    """Of one connection."""
    return Socket()


@pytest.fixture
def transport(socket: Socket) -> GentleTransport:
    """Around it; its client has sent all of its request."""
    return GentleTransport(socket, is_sending=lambda: False, lingering=lambda: None)


def test_head_and_body_are_one_write(socket: Socket, transport: GentleTransport) -> None:
    """And what follows them is written at once again."""
    transport.collect()
    transport.write(b"head")
    transport.write(b"body")
    assert socket.writes == []

    transport.flush()
    transport.write(b"more")
    transport.flush()

    assert socket.writes == [b"headbody", b"more"]


@pytest.mark.parametrize("end", [GentleTransport.close, GentleTransport.finish])
def test_what_was_collected_is_sent_before_the_end(
    socket: Socket, transport: GentleTransport, end: Callable[[GentleTransport], None]
) -> None:
    """A head without a body: its application crashed in between."""
    transport.collect()
    transport.write(b"head")

    end(transport)
    transport.write(b"too late")

    assert socket.writes == [b"head", b"<end>"]
