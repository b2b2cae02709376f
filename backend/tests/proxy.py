"""A TCP proxy that loses what a test tells it to lose."""

import asyncio
from typing import Self


class LossyProxy:
    """
    Stands before a server on loopback; `cut` ends every connection.

    Attributes:
        is_mute: Whether it swallows replies.
        lets_through: Cleared while replies have to wait.
    """

    def __init__(self, server_port: int) -> None:
        self.is_mute = False
        self.lets_through = asyncio.Event()
        self.lets_through.set()
        self._server_port = server_port
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """Where it listens, once entered."""
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Abort all connections, as a killed server would."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers |= {to_client, to_server}
        await asyncio.gather(
            self._pump(from_client, to_server, is_reply=False), self._pump(from_server, to_client, is_reply=True)
        )

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_reply: bool) -> None:
        try:
            while data := await source.read(65536):
                if is_reply:
                    await self.lets_through.wait()
                if not (is_reply and self.is_mute):
                    sink.write(data)
                    await sink.drain()
        except OSError:
            pass  # the other side was cut
        finally:
            sink.transport.abort()
            self._writers.discard(sink)
