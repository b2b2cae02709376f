"""
Routes that dashboards poll: `APIRouter(route_class=PolledRoute)`.

Every answer carries an ETag: whoever has it already gets 304 and no body. Each is made when it is asked for, but while
many payments are decided: then dashboards that ask the same share one for half a second. Decision 0046.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from gateway.api.guard import GuardedRoute
from gateway.api.services import Services

_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
RawHeaders = tuple[tuple[bytes, bytes], ...]
# Of one path and query in one form. What else is in the headers changes no answer.
Question = tuple[str, bytes, str | None]
SHARED_S = 0.5
BUSY_PER_S = 200.0  # payments: below it nobody needs what ten dashboards cost
_KEPT_MAX = 64
_PROBES = "/health/"  # a gateway that stops has to say so at once
_NOT_MODIFIED: dict[str, Any] = {"description": "The client has it already: its ETag is in If-None-Match"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answered, read to its end."""

    status: int
    headers: RawHeaders
    body: bytes
    etag: str | None  # none for an error: there is nothing to have already

    @classmethod
    def of(cls, status: int, headers: RawHeaders, body: bytes) -> "Answer":
        """Tag it with a strong entity tag: of the body and of what the headers say of it."""
        if status != 200:
            return cls(status, headers, body, None)
        digest = hashlib.blake2b(body, digest_size=15)
        for name, value in sorted(headers):
            digest.update(b"\0" + name + b"\0" + value)
        return cls(status, headers, body, digest.hexdigest())

    def is_known(self, if_none_match: Sequence[str]) -> bool:
        """
        Whether the client has this one already.

        Args:
            if_none_match: The values of that header, one for each line: `*`, or entity tags, compared weakly.
        """
        if self.etag is None:
            return False
        return any(value.strip() == "*" or self.etag in _ENTITY_TAG.findall(value) for value in if_none_match)


class SharedAnswers:
    """Keeps answers for half a second while many payments are decided; none at other times, and no errors."""

    def __init__(self, requests_per_s: Callable[[], float], now_s: Callable[[], float]) -> None:
        """
        Args:
            requests_per_s: How many payments are answered.
            now_s: monotonic seconds.
        """
        self._requests_per_s = requests_per_s
        self._now_s = now_s
        self._kept: dict[Question, tuple[float, Answer]] = {}
        self._changed_s = -SHARED_S

    async def find(self, question: Question, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return an answer of the last half second, or make one."""
        asked_s = self._now_s()
        for old in [old for old, (kept_s, _) in self._kept.items() if asked_s - kept_s >= SHARED_S]:
            del self._kept[old]
        if question in self._kept:
            return self._kept[question][1]
        answer = await make()
        has_changed = asked_s <= self._changed_s
        has_room = len(self._kept) < _KEPT_MAX
        if answer.status == 200 and not has_changed and has_room and self._requests_per_s() >= BUSY_PER_S:
            self._kept[question] = asked_s, answer
        return answer

    def forget(self) -> None:
        """Forget all: something was changed, and whoever did it looks next."""
        self._kept.clear()
        self._changed_s = self._now_s()


class PolledRoute(GuardedRoute):
    """
    Tags the answers to GET; other methods pass, and end what is shared.

    What FastAPI does for a route (parameters, errors, its part of the document) it does here too: this stands around
    it, and sees finished answers only.
    """

    def __init__(self, *args: Any, **changes: Any) -> None:
        """As APIRoute."""
        if set(changes.get("methods") or ()) == {"GET"}:
            changes["responses"] = {304: _NOT_MODIFIED} | (changes.get("responses") or {})
        super().__init__(*args, **changes)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a caller who may ask."""
        services: Services | None = getattr(scope["app"].state, "services", None)
        shared = services[SharedAnswers] if services is not None else None
        if scope["method"] != "GET":
            await super().answer(scope, receive, send)
            if shared is not None:
                shared.forget()
            return
        headers = Headers(scope=scope)
        if shared is None or scope["path"].startswith(_PROBES):
            answer = await self._make(scope, receive)
        else:
            question = scope["path"], scope["query_string"], headers.get("accept")
            answer = await shared.find(question, lambda: self._make(scope, receive))
        await _send(answer, answer.is_known(headers.getlist("if-none-match")), send)

    async def _make(self, scope: Scope, receive: Receive) -> Answer:
        status, headers, body = 500, RawHeaders(), bytearray()

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], tuple(message["headers"])
            else:
                body.extend(message.get("body", b""))

        await super().answer(scope, receive, keep)
        return Answer.of(status, headers, bytes(body))


async def _send(answer: Answer, is_known: bool, send: Send) -> None:
    headers = [(b"cache-control", b"no-cache"), (b"vary", b"Accept")]  # no-cache: keep it, and ask whether it holds
    if answer.etag is not None:
        headers.append((b"etag", f'"{answer.etag}"'.encode()))
    if not is_known:
        headers.extend(answer.headers)
    await send({"type": "http.response.start", "status": 304 if is_known else answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_known else answer.body})
