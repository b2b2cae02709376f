"""Connections of the open loop are kept as long as the server keeps them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.load.connection import Connections
from local.ports import LOOPBACK

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def server(*answers: bytes, closes: bool = False) -> AsyncIterator[Connections]:
    """Gives these answers, one a request; `closes` each connection after one."""
    waiting, handlers = iter(answers), list[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        while await reader.read(1000):
            writer.write(next(waiting))
            if closes:
                break
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, LOOPBACK, 0) as listening:
        connections = Connections(listening.sockets[0].getsockname()[1])
        yield connections
        connections.close()
        await asyncio.gather(*(handler for handler in handlers if handler))


@pytest.mark.parametrize("closes", [False, True])
async def test_a_connection_that_the_server_closed_costs_no_answer(closes: bool) -> None:
    """Idle ones are closed after some seconds: the request goes over another."""
    async with server(ANSWER, ANSWER, ANSWER, closes=closes) as connections:
        assert [await connections.exchange(b"hello") for _ in range(3)] == [b"ok"] * 3


async def test_another_status_than_200_is_no_answer() -> None:
    """A figure of refusals would be worth nothing."""
    async with server(ANSWER.replace(b"200 OK", b"503 Full")) as connections:
        with pytest.raises(BenchmarkError, match="503"):
            await connections.exchange(b"hello")
