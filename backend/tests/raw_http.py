"""HTTP as bytes on a socket, for what no client library sends."""

import http.client
import json
import secrets
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from local.ports import LOOPBACK
from tests.callers import KEY_LINE


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply. Names of headers are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)

    @property
    def is_last(self) -> bool:
        """Whether the server closes after it."""
        return self.headers.get("connection", "").lower() == "close"


class RawConnection:
    """One connection to a gateway on this machine, a context manager."""

    def __init__(self, port: int, *, timeout_s: float = 10.0) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, *parts: bytes) -> None:
        """Send, part by part. Raises OSError when the server has gone."""
        for part in parts:
            self._socket.sendall(part)

    def end(self) -> None:
        """Send nothing more, and go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self, *, is_head: bool = False) -> Answer:
        """
        The next reply; an interim one too.

        Raises:
            EOFError: the server ended the connection instead.
            OSError: it reset it, or said nothing in time.
        """
        line = self._file.readline()
        if not line:
            raise EOFError
        status = int(line.split()[1])
        headers = {name.lower(): value for name, value in http.client.parse_headers(self._file).items()}
        if is_head or status in (100, 204, 304):
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, b"".join(self._chunks()))
        return Answer(status, headers, self._file.read(int(headers["content-length"])))

    def ask(self, *parts: bytes) -> Answer:
        """Send, and read the reply."""
        self.send(*parts)
        return self.answer()

    def shows_end(self) -> bool:
        """Whether the server has ended it already, as every pool of connections looks before it uses one again."""
        seen = select.poll()
        seen.register(self._socket, select.POLLIN)
        return bool(seen.poll(0))  # nothing is owed: what can be read is an end

    def is_ended(self) -> bool:
        """Wait until the server ends the connection; False when it says something instead, or nothing in time."""
        try:
            return self._file.read(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline(), 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def payment(*headers: bytes, is_chunked: bool = False, path: bytes = b"/transaction") -> tuple[bytes, bytes]:
    """Head and body of a POST with a transaction that nobody has sent yet. Args: headers: more of them."""
    fields = {"transaction_id": f"raw-{secrets.token_hex(8)}", "amount": 12.5, "currency": "USD", "user_id": "u"}
    body = json.dumps(fields).encode()
    framing = b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % len(body)
    lines = [b"POST %s HTTP/1.1" % path, b"Host: gateway", b"Content-Type: application/json", framing]
    lines += [KEY_LINE, *headers]
    if is_chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    return b"\r\n".join([*lines, b"", b""]), body


def get(path: bytes = b"/health/live", *headers: bytes, method: bytes = b"GET") -> bytes:
    """A request without a body."""
    return b"\r\n".join([b"%s %s HTTP/1.1" % (method, path), b"Host: gateway", KEY_LINE, *headers, b"", b""])
