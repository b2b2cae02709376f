"""
Routes that dashboards poll: `APIRouter(route_class=PolledRoute)`.

Every answer is fresh and carries an ETag: whoever has it already gets 304 and no body.
"""

from typing import Any

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from gateway.api.answers import Answer, RawHeaders

_NOT_MODIFIED: dict[str, Any] = {"description": "The client has it already: its ETag is in If-None-Match"}


class PolledRoute(APIRoute):
    """
    Tags the answers to GET; other methods pass.

    What FastAPI does for a route (parameters, errors, its part of the document) it does here too: this stands around
    it, and sees finished answers only.
    """

    def __init__(self, *args: Any, **changes: Any) -> None:
        """As APIRoute."""
        if set(changes.get("methods") or ()) == {"GET"}:
            changes["responses"] = {304: _NOT_MODIFIED} | (changes.get("responses") or {})
        super().__init__(*args, **changes)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "GET":
            await super().handle(scope, receive, send)
            return
        answer = await self._make(scope, receive)
        await _send(answer, answer.is_known(Headers(scope=scope).getlist("if-none-match")), send)

    async def _make(self, scope: Scope, receive: Receive) -> Answer:
        status, headers, body = 500, RawHeaders(), bytearray()

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], tuple(message["headers"])
            else:
                body.extend(message.get("body", b""))

        await super().handle(scope, receive, keep)
        return Answer.of(status, headers, bytes(body))


async def _send(answer: Answer, is_known: bool, send: Send) -> None:
    headers = [(b"cache-control", b"no-cache"), (b"vary", b"Accept")]  # no-cache: keep it, and ask whether it holds
    if answer.etag is not None:
        headers.append((b"etag", f'"{answer.etag}"'.encode()))
    if not is_known:
        headers.extend(answer.headers)
    await send({"type": "http.response.start", "status": 304 if is_known else answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_known else answer.body})
