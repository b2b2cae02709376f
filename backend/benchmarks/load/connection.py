"""Keep-alive connections to one server, a raw exchange each: costs little beside what it measures."""

import asyncio
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
        """Send one request and return the body of its answer. Raises BenchmarkError when it is not a 200."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(LOOPBACK, self.port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise BenchmarkError(f"no 200: {head[:60]!r} {body[:300]!r}")
        self._idle.append((reader, writer))
        return body

    def close(self) -> None:
        """Close what is idle."""
        for _, writer in self._idle:
            writer.close()
