"""What HTTP says of methods and paths for every resource: HEAD, OPTIONS, Allow, and a slash at the end."""

from typing import Any, cast

from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    """The header Allow for this path; empty when a mounted application answers it, which knows its own."""
    if scope["root_path"] != scope.get("app_root_path", scope["root_path"]):
        return ""
    routes = [route for route in cast(FastAPI, scope["app"]).router.routes if not isinstance(route, Mount)]
    allowed = {
        method for method in _METHODS for route in routes if route.matches({**scope, "method": method})[0] is Match.FULL
    }
    if "GET" in allowed:
        allowed.add("HEAD")
    return ", ".join([*(method for method in _METHODS if method in allowed), "OPTIONS"]) if allowed else ""


def ignore_last_slash(app: FastAPI) -> None:
    """
    Answer `/transaction/` as `/transaction`.

    A redirect would be built from the header Host, and lead a payment to wherever that says.
    """
    router: Any = app.router
    router.redirect_slashes = False
    not_found = router.default

    async def without_slash(scope: Scope, receive: Receive, send: Send) -> None:
        raw_path = scope["raw_path"].rstrip(b"/")  # an escaped slash belongs to a value
        if raw_path in (b"", scope["raw_path"]):
            await not_found(scope, receive, send)
        else:
            scope.update(path=scope["path"].rstrip("/"), raw_path=raw_path)
            await router(scope, receive, send)

    router.default = without_slash
