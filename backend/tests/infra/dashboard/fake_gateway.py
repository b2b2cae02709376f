"""What nginx may find behind it: a gateway that notes what reaches it, or says nothing, or has moved; and its DNS."""

import json
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class Received:
    """One request as it came."""

    method: str
    target: str  # path and query, byte by byte
    headers: dict[str, str]
    body: str


@dataclass
class FakeGateway:
    """Answers with `{"at": address}` and an ETag, a context manager. `is_silent`: it takes requests, no more."""

    address: str = "127.0.0.1"
    port: int = 0
    status: int = 200
    is_silent: bool = False
    received: list[Received] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)  # more of them, in each answer

    def __enter__(self) -> Self:
        """Listen; with port 0 on a free one, which then stays the same."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                fake.received.append(Received(self.command, self.path, dict(self.headers), body))
                while fake.is_silent:
                    time.sleep(0.02)
                content = json.dumps({"at": fake.address, "code": "OF_THE_GATEWAY"}).encode()
                self.send_response(fake.status)
                self.send_header("ETag", '"one"')
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in fake.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    with suppress(BrokenPipeError):  # whoever asked has gone
                        self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
                """Say nothing."""

        for method in ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self._server = ThreadingHTTPServer((self.address, self.port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class FakeNames:
    """A name server with state, a context manager: answers every A question with `address`, or that there is none."""

    def __init__(self) -> None:
        self.address: str | None = None
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                question, peer = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            self._socket.sendto(self._answer(question), peer)

    def _answer(self, question: bytes) -> bytes:
        name, end = [], 12
        while length := question[end]:
            name.append(question[end + 1 : end + 1 + length].decode())
            end += length + 1
        kind = struct.unpack(">H", question[end + 1 : end + 3])[0]
        self.asked.append(".".join(name))
        echoed = question[12 : end + 5]
        if self.address is None:
            return question[:2] + struct.pack(">HHHHH", 0x8183, 1, 0, 0, 0) + echoed  # no such name
        if kind != 1:  # of another kind, such as AAAA: the name is there, without one
            return question[:2] + struct.pack(">HHHHH", 0x8180, 1, 0, 0, 0) + echoed
        record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 600, 4) + socket.inet_aton(self.address)
        return question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + echoed + record

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Fall silent."""
        self._stop.set()
        self._thread.join()
        self._socket.close()
