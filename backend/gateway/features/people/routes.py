"""What the routes of people have in common."""

from fastapi import Request
from starlette.types import Message, Receive, Scope, Send

from gateway.access.service import AccessControl
from gateway.api.guard import GuardedRoute
from gateway.api.services import services_of

_NO_STORE = (b"cache-control", b"no-store")


class PrivateRoute(GuardedRoute):
    """A guarded route whose answers nobody keeps: no cache, no proxy, no browser."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a caller who may ask."""

        async def send_unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], _NO_STORE]}
            await send(message)

        await super().answer(scope, receive, send_unkept)


def address_of(request: Request) -> str:
    """Return the address of the caller, behind proxies that are trusted; empty where nobody knows it."""
    address = services_of(request)[AccessControl].address_of(request.scope)
    return "" if address is None else str(address)
