"""Keep-alive connections to one server, a raw exchange each: costs little beside what it measures."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.errors import BenchmarkError
from local.ports import LOOPBACK

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Connections:
    """As many as are needed at once, used again."""

    port: int
    _idle: list[Streams] = field(default_factory=list)

    async def exchange(self, request: bytes) -> bytes:
        """
        Send one request and return the body of its answer.

        A server closes what is idle for some seconds. A request that comes just then is sent again: by its id a payment
        is decided once.

        Raises:
            BenchmarkError: the answer is not a 200.
        """
        while self._idle:
            streams = self._idle.pop()
            if streams[0].at_eof():
                streams[1].close()
                continue
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._exchange(request, streams)
        try:
            return await self._exchange(request, await asyncio.open_connection(LOOPBACK, self.port))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise BenchmarkError(f"no answer: {error}") from error

    async def _exchange(self, request: bytes, streams: Streams) -> bytes:
        reader, writer = streams
        is_whole = False
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            body = await reader.readexactly(length)
            is_whole = head.startswith(b"HTTP/1.1 200")
        finally:
            if is_whole:
                self._idle.append(streams)
            else:
                writer.close()
        if not is_whole:
            raise BenchmarkError(f"no 200: {head[:60]!r} {body[:300]!r}")
        return body

    def close(self) -> None:
        """Close what is idle."""
        for _, writer in self._idle:
            writer.close()
