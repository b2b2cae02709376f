"""
Routes that dashboards poll: `APIRouter(route_class=PolledRoute)`.

Every answer carries an ETag, and whoever has it already gets 304 and no body. Whoever sends `Cache-Control: max-stale`
may get an answer that others asked for up to half a second ago; without it every answer is fresh.
"""

from functools import partial
from typing import Any

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from gateway.api.answers import Answer, RawHeaders, accepts_stale
from gateway.api.sharing import SharedAnswers

_QUESTION_CHARS_MAX = 2_048  # longer ones are answered, and not shared: questions are kept too
_NOT_MODIFIED: dict[str, Any] = {"description": "The client has it already: its ETag is in If-None-Match"}


class PolledRoute(APIRoute):
    """
    A GET whose answers are told apart by path, query and the header Accept; other methods pass.

    The app needs `state.shared_answers`. What FastAPI does for a route (parameters, errors, its part of the document)
    it does here too: this stands around it, and sees finished answers only.
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
        headers = Headers(scope=scope)
        make = partial(self._make, scope, receive)
        question = scope["path"], scope["query_string"], headers.get("accept", "")
        shared: SharedAnswers = scope["app"].state.shared_answers
        if sum(map(len, question)) > _QUESTION_CHARS_MAX:
            answer = await make()
        elif accepts_stale(headers.getlist("cache-control")):
            answer = await shared.recent(question, make)
        else:
            answer = await shared.fresh(question, make)
        await _send(answer, answer.is_known(headers.getlist("if-none-match")), send)

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
