"""What HTTP says of methods and paths for every resource: HEAD, OPTIONS, Allow, and a slash at the end."""

from typing import cast

from fastapi import FastAPI
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.values.characters import composed

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET is, without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send(message if message["type"] == "http.response.start" else {**message, "body": b""})

        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, without_body)
        finally:
            scope["route"] = as_get.get("route")  # for the counter of requests


def allowed_methods(scope: Scope) -> str:
    """Build the header Allow for this path; empty when a mounted application answers it, which knows its own."""
    if scope["root_path"] != scope.get("app_root_path", scope["root_path"]):
        return ""
    routes = [route for route in cast(FastAPI, scope["app"]).router.routes if not isinstance(route, Mount)]
    allowed = {
        method for method in _METHODS for route in routes if route.matches({**scope, "method": method})[0] is Match.FULL
    }
    if "GET" in allowed:
        allowed.add("HEAD")
    return ", ".join([*(method for method in _METHODS if method in allowed), "OPTIONS"]) if allowed else ""


class LastSlashIgnored:
    """
    ASGI middleware: `/transaction/` is answered as `/transaction`; an escaped slash belongs to an id.

    A redirect would be built from the header Host, and lead a payment to wherever that says.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] == "http" and scope["raw_path"].endswith(b"/"):
            raw_path = scope["raw_path"].rstrip(b"/")
            path = scope["path"][: len(raw_path) - len(scope["raw_path"])]
            if not _is_mounted(scope) and _is_found({**scope, "path": path}):
                scope.update(path=path, raw_path=raw_path)
        await self._app(scope, receive, send)


def _is_mounted(scope: Scope) -> bool:
    """Whether another application has this path, for which a directory has a slash at the end."""
    routes = cast(FastAPI, scope["app"]).router.routes
    return any(isinstance(route, Mount) and route.matches(scope)[0] is Match.FULL for route in routes)


def _is_found(scope: Scope) -> bool:
    """Whether a resource has this path, with any method."""
    return any(route.matches(scope)[0] is not Match.NONE for route in cast(FastAPI, scope["app"]).router.routes)


class IdConvertor(Convertor[str]):
    """What stands behind it in a route, such as /label, is no part of the id."""

    regex = ".+"

    def convert(self, value: str) -> str:
        """Ids are kept in normal form C."""
        return composed(value)

    def to_string(self, value: str) -> str:
        """Leave it as it is."""
        return value


register_url_convertor("id", IdConvertor())
TRANSACTION_ID = "{transaction_id:id}"
