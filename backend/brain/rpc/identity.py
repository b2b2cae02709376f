"""Lets only gateways call: each RPC has to bear the shared token. Health checks need none: probes have no secrets."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Any, NoReturn

import grpc
from grpc_health.v1 import health

_OPEN = f"/{health.SERVICE_NAME}/"
_DETAIL = "this brain asks for its token: set GATEWAY_BRAIN_TOKEN to the value of BRAIN_TOKEN"


class TokenCheck(grpc.aio.ServerInterceptor):
    """
    Refuses RPCs without the token (UNAUTHENTICATED). It runs once a call: what flows in a stream costs nothing more.

    Args:
        token: What `authorization: Bearer …` has to say; ASCII.
    """

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Pass the call on, or answer it here. A refused stream ends before its first message is read."""
        details: Any = handler_call_details
        given = next((value for name, value in details.invocation_metadata or () if name == "authorization"), "")
        if details.method.startswith(_OPEN) or compare_digest(given.encode(), self._expected):
            return await continuation(handler_call_details)
        handler = await continuation(handler_call_details)
        if handler is not None and handler.request_streaming:
            return grpc.stream_stream_rpc_method_handler(_refuse)
        return grpc.unary_unary_rpc_method_handler(_refuse)


async def _refuse(_: object, context: Any) -> NoReturn:
    await context.abort(grpc.StatusCode.UNAUTHENTICATED, _DETAIL)
    raise AssertionError  # abort always raises
