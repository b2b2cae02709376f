"""
POST /transaction, ahead of the framework, whose machinery costs more than a verdict.

FastAPI has a route for it too (submit.py), which documents it, and does the same where this is not in front.
"""

import re
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

from gateway.access.declared import Access
from gateway.access.limits import Allowance, Use
from gateway.access.scopes import Scope as AccessScope
from gateway.access.service import AccessControl
from gateway.api.metrics import Count
from gateway.api.problems import to_response
from gateway.api.requests import read_body, too_large
from gateway.domain import Transaction
from gateway.features.traffic.recorder import Answers
from gateway.serving.answering import WHOLE, AnsweringCycle
from gateway.verdict.intake.decoding import decode_json, to_transaction
from gateway.verdict.intake.ordinary import take_ordinary
from gateway.verdict.rendering import to_reply
from gateway.verdict.service import DecisionService, ScoreOne

PATH = "/transaction"
BYTES_MAX = 64 * 1024
MAY_SUBMIT = Access(AccessScope.SCORE_WRITE, in_demo=True, use=Use.VERDICT)
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NONE: dict[str, Any] = {}
Headers = Iterable[tuple[bytes, bytes]]


class Submissions:
    """
    What is done with each transaction that is submitted, alone or in a batch.

    Args:
        decisions: Who decides.
        answers: Where each is counted as a transaction.
        count: Where each request is counted that does not pass the framework: method, route and status.
    """

    def __init__(self, decisions: DecisionService, answers: Answers, count: Count) -> None:
        self._decide = decisions.decide
        self._answers = answers
        self.count = count

    async def answer(self, body: bytes, headers: Headers) -> bytes:
        """
        The reply to the transaction in a body, encoded.

        Raises:
            GatewayError: there is none in it, its id stands for another one, or nothing was acknowledged.
        """
        if len(body) > BYTES_MAX:
            raise too_large(BYTES_MAX)
        reply = await self.reply(lambda: take_ordinary(body) or to_transaction(decode_json(body)), trace_id_of(headers))
        return msgspec.json.encode(reply)

    async def reply(
        self, take: Callable[[], Transaction], trace_id: str | None, *, score: ScoreOne | None = None
    ) -> dict[str, Any]:
        """
        Decide one, and count how it was answered.

        Args:
            take: Makes the transaction, or raises.
            trace_id: The caller's own.
            score: How it is scored, where it is not a transaction of its own.
        """
        since_s = perf_counter()  # a caller's slow upload is not our latency
        try:
            recorded = await self._decide(take(), trace_id, score=score)
            reply = to_reply(recorded)
        except Exception as error:
            self._answers.denied(error, since_s=since_s)
            raise
        self._answers.given(recorded, since_s=since_s)
        return reply


class VerdictEndpoint:
    """
    The gateway as an ASGI application.

    Args:
        app: Answers everything else; its lifespan makes the services.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._parts: tuple[AccessControl, Submissions] | None = None  # until the first request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass it on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if self._parts is None:
            services = self._app.state.services
            self._parts = services[AccessControl], services[Submissions]
        control, submissions = self._parts
        whole: AnsweringCycle | None = scope.get("extensions", _NONE).get(WHOLE)
        allowance: Allowance | None = None
        status = 500  # what a cut off one would have become
        try:
            allowance = control.enter(scope, MAY_SUBMIT)
            if whole is not None and not whole.disconnected:
                body = bytes(whole.body)
            else:
                body = await read_body(Request(scope, receive), bytes_max=BYTES_MAX)
            reply = await submissions.answer(body, scope["headers"])
        except Exception as error:
            problem = to_response(error, path=PATH)
            status = problem.status_code
            await problem(scope, receive, send)
        else:
            status = 200
            if whole is None or not whole.answer(reply):
                headers = [(b"content-length", b"%d" % len(reply)), (b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": reply})
        finally:
            if allowance is not None:
                allowance.leave()
            submissions.count("POST", PATH, status)


def trace_id_of(headers: Headers) -> str | None:
    """The caller's own trace (W3C Trace Context), so that a verdict is found from either side."""
    for name, value in headers:
        if name == b"traceparent":
            found = _TRACEPARENT.fullmatch(value)
            return found[1].decode() if found else None
    return None
