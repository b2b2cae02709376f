"""
POST /transaction, ahead of the framework, whose machinery costs more than a verdict.

A request that has arrived as a whole is answered here. Every other one goes on to FastAPI: its route for this path
(submit.py) documents it, and reads bodies that come slowly or without their length, with the bounds that those need.
"""

import re
from collections.abc import Iterable
from time import perf_counter

import msgspec
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.api.bodies import check_size
from gateway.api.metrics import Families
from gateway.api.problems import to_response
from gateway.api.services import Services
from gateway.features.traffic.service import Answers
from gateway.serving.answering import WHOLE_BODY
from gateway.verdict.intake.decoding import decode_json, to_transaction
from gateway.verdict.intake.ordinary import take_ordinary
from gateway.verdict.rendering import to_reply
from gateway.verdict.service import DecisionService

PATH = "/transaction"
BYTES_MAX = 64 * 1024
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_JSON = (b"content-type", b"application/json")


class VerdictEndpoint:
    """
    The gateway as an ASGI application.

    Args:
        app: Answers everything else; its lifespan makes the services.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass it on."""
        if WHOLE_BODY not in scope.get("extensions", ()) or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        message = await receive()  # it is here: this waits for nobody
        if message["type"] == "http.disconnect":
            return
        services: Services = self._app.state.services
        status = 500  # what a cut off one would have become
        try:
            reply = await answer(services, message["body"], scope["headers"])
        except Exception as error:
            problem = to_response(error, path=PATH)
            status = problem.status_code
            await problem(scope, receive, send)
        else:
            status = 200
            headers = [(b"content-length", b"%d" % len(reply)), _JSON]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": reply})
        finally:
            services[Families].request("POST", PATH, status)


async def answer(services: Services, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """
    Decide the transaction in a body, and count it.

    Returns:
        The reply, encoded.

    Raises:
        GatewayError: it is none, its id stands for another one, or nothing was acknowledged.
    """
    since_s = perf_counter()  # a caller's slow upload is not our latency
    try:
        check_size(len(body), bytes_max=BYTES_MAX)
        transaction = take_ordinary(body) or to_transaction(decode_json(body))
        recorded = await services[DecisionService].decide(transaction, trace_id_of(headers))
        reply = msgspec.json.encode(to_reply(recorded))
    except Exception as error:
        services[Answers].denied(error, since_s=since_s)
        raise
    services[Answers].given(recorded, since_s=since_s)
    return reply


def trace_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The caller's own trace (W3C Trace Context), so that a verdict is found from either side."""
    for name, value in headers:
        if name == b"traceparent":
            found = _TRACEPARENT.fullmatch(value)
            return found[1].decode() if found else None
    return None
