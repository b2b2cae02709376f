"""A receiver of webhooks, as a customer would run one: real HTTP, and the library's own verifier."""

import base64
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_" + base64.b64encode(b"a secret of these tests, 32 byte").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another one of them, of 32 bytes").decode()


@dataclass(frozen=True)
class Hook:
    """One request that arrived."""

    webhook_id: str
    body: dict[str, Any]
    is_genuine: bool
    status: int  # that it was answered
    at_s: float
    headers: Mapping[str, str]


class WebhookServer:
    """
    On loopback, in threads of its own; gone with the block.

    Args:
        statuses: Answers of the first requests, in order; then 204.
        takes_s: How long it holds each request before it answers.
        headers: Sent with each answer.
    """

    def __init__(
        self, statuses: Sequence[int] = (), *, takes_s: float = 0.0, headers: Mapping[str, str] | None = None
    ) -> None:
        self.hooks: list[Hook] = []
        self.takes_s = takes_s
        self.is_failing = False  # 503 to everybody
        self.busiest: dict[str, int] = {}  # by webhook id: how many requests were open at a time
        self._open: dict[str, int] = {}
        self._statuses = list(statuses)
        self._headers = dict(headers or {})
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """What GATEWAY_WEBHOOK_URL must say."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def of(self, kind: str) -> list[Hook]:
        """What arrived of one kind, answered with success."""
        return [hook for hook in list(self.hooks) if hook.body.get("type") == kind and hook.status < 300]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _receive(self, headers: Mapping[str, str], body: bytes) -> int:
        webhook_id = headers.get("webhook-id", "")
        with self._lock:
            self._open[webhook_id] = self._open.get(webhook_id, 0) + 1
            self.busiest[webhook_id] = max(self._open[webhook_id], self.busiest.get(webhook_id, 0))
            status = 503 if self.is_failing else self._statuses.pop(0) if self._statuses else 204
        try:
            Webhook(SECRET).verify(body, dict(headers))
            is_genuine = True
        except WebhookVerificationError:
            is_genuine = False
        time.sleep(self.takes_s)
        with self._lock:
            self._open[webhook_id] -= 1
            self.hooks.append(Hook(webhook_id, json.loads(body), is_genuine, status, time.monotonic(), headers))
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receive, extra = self._receive, self._headers

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:  # its sender was killed in the middle of it: nothing has arrived
                    self.close_connection = True
                    return
                status = receive({name.lower(): value for name, value in self.headers.items()}, body)
                try:
                    self.send_response(status)
                    for name, value in extra.items():
                        self.send_header(name, value)
                    if status != 204:
                        self.send_header("content-length", "0")
                    self.end_headers()
                except OSError:
                    pass  # whoever asked is gone

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
