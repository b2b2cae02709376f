"""
Stands in front of every route: `APIRouter(route_class=GuardedRoute)`, and asks what the route declared that it needs.

Who may not come in is refused before the body is read, and before an answer is shared.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.declared import KNOWN_OR_DEMO, OPEN, UNDECLARED, Access, declared_by
from gateway.access.principal import principal_in
from gateway.access.service import AccessControl
from gateway.api.requests import refuse_foreign_pages_of
from gateway.api.services import Services


class GuardedRoute(APIRoute):
    """A route that lets in who has the scope that it declares (access/declared.py)."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # 405
            return
        await _guard(declared_by(self.endpoint) or UNDECLARED, self.answer, scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a caller who may ask."""
        await super().handle(scope, receive, send)


class UndeclaredRoute(Exception):
    """A route does not say what it needs. Its message names it."""


def guard_documents(app: FastAPI) -> None:
    """Guard the routes that FastAPI itself has made: /docs, /redoc and the document that they show."""
    for route in app.router.routes:
        if isinstance(route, Route) and not isinstance(route, APIRoute):
            route.app = _Guarded(route.app, KNOWN_OR_DEMO)


def access_by_route(routes: Iterable[BaseRoute]) -> list[tuple[str, str, Access]]:
    """
    List what each route needs: method, path and access, of everything that is served.

    Raises:
        UndeclaredRoute: one does not say, or nothing stands in front of it.
    """
    found: list[tuple[str, str, Access]] = []
    for context in iter_route_contexts(list(routes)):
        route: Any = context.original_route
        path = getattr(context, "path_format", None) or route.path
        access = _access_of(route)
        if access is None:
            raise UndeclaredRoute(f"{path} does not say what it needs: see access/declared.py")
        found.extend((method, path, access) for method in sorted(getattr(route, "methods", None) or ["GET"]))
    return found


def _access_of(route: BaseRoute) -> Access | None:
    if isinstance(route, GuardedRoute):
        return declared_by(route.endpoint)
    if isinstance(route, Route | Mount):
        if isinstance(route.app, _Guarded):
            return route.app.access
        is_open = declared_by(route.endpoint if isinstance(route, Route) else route.app) is OPEN
        return OPEN if is_open else None
    return None


class _Guarded:
    """An application that is no route of ours."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.access = access
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _guard(self.access, self._app, scope, receive, send)


async def _guard(access: Access, answer: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    services: Services | None = getattr(scope["app"].state, "services", None)
    if access.is_open or services is None:  # without services nothing is there to be guarded
        await answer(scope, receive, send)
        return
    control = services[AccessControl]
    await control.look_up_session(scope)
    allowance = control.enter(scope, access)
    try:
        if principal_in(scope).kind == "person":
            refuse_foreign_pages_of(scope)  # also where checkouts write: a cookie comes by itself
            send = _with_cookie(await control.renewed_cookie(scope), send)
        await answer(scope, receive, send)
    finally:
        allowance.leave()


def _with_cookie(cookie: str | None, send: Send) -> Send:
    if cookie is None:
        return send

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            # First, so that the cookie of a session which the route itself begins counts.
            message = {**message, "headers": [(b"set-cookie", cookie.encode("latin-1")), *message["headers"]]}
        await send(message)

    return send_with_cookie
