"""The part of an API server that the bootstrap talks to, which also keeps to the Role that the manifests give it."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.infra.k8s_manifests import need, read_base

TOKEN = "a-token"  # noqa: S105 (of the fake)
PATH = "/api/v1/namespaces/shop/secrets"
VERBS = {"GET": "get", "POST": "create"}


class FakeKubernetes:
    """One namespace's Secrets behind HTTP, a context manager. `secrets` is what stands, decoded."""

    def __init__(self) -> None:
        self.secrets: dict[str, dict[str, str]] = {}
        self.rivals: dict[str, dict[str, str]] = {}  # made by somebody else right after they were found missing
        self.answers_left_unavailable = 0
        self.calls: list[tuple[str, str, int]] = []  # verb, name, status
        self._rules: list[dict[str, Any]] = need(read_base(), "Role", "sentinel-bootstrap")["rules"]
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.removeprefix(f"{PATH}/")
                fake.answer(self, name, None)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.answer(self, body["metadata"]["name"], body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def forbid(self, verb: str) -> None:
        """Take a verb from the Role."""
        self._rules = [rule for rule in self._rules if verb not in rule["verbs"]]

    def answer(self, request: BaseHTTPRequestHandler, name: str, body: dict[str, Any] | None) -> None:
        """Judge one request, note it, reply."""
        status, reply = self._judge(request, name, body)
        self.calls.append((VERBS[request.command], name, status))
        content = json.dumps(reply).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _judge(
        self, request: BaseHTTPRequestHandler, name: str, body: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        if self.answers_left_unavailable:
            self.answers_left_unavailable -= 1
            return 503, {}
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}
        if not self._allows(VERBS[request.command], name):
            return 403, {}
        if body is None:
            return self._get(name)
        if name in self.secrets:
            return 409, {}
        self.secrets[name] = body["stringData"]
        return 201, {"kind": "Secret"}

    def _get(self, name: str) -> tuple[int, dict[str, Any]]:
        if name not in self.secrets:
            if name in self.rivals:
                self.secrets[name] = self.rivals.pop(name)
            return 404, {}
        return 200, {
            "data": {key: base64.b64encode(text.encode()).decode() for key, text in self.secrets[name].items()}
        }

    def _allows(self, verb: str, name: str) -> bool:
        # as Kubernetes: the name of a creation is not known yet, so a rule with names never allows one
        return any(
            verb in rule["verbs"]
            and ("resourceNames" not in rule or (verb != "create" and name in rule["resourceNames"]))
            for rule in self._rules
        )

    def __enter__(self) -> Self:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
