"""Says in the OpenAPI document what each route asks of its caller, and how callers send it."""

from typing import Any

from fastapi import FastAPI

from gateway.access.credentials import SESSION_COOKIES
from gateway.access.declared import Access
from gateway.api.guard import access_by_route
from gateway.api.reply import problems

_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "sentinel_<public id>_<secret>"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIES[-1]},
}
_REFUSALS = {str(status): reply for status, reply in problems(401, 403, 429).items()}


def describe_access(app: FastAPI) -> None:
    """Make app.openapi() say for each operation which scope it needs, and that it may answer 401, 403 and 429."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {})["securitySchemes"] = _SCHEMES
        for method, path, access in access_by_route(app.router.routes):
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation is not None:
                _describe(operation, access)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _describe(operation: dict[str, Any], access: Access) -> None:
    if access.is_open:
        operation["security"] = []
        return
    scopes = [] if access.scope is None else [access.scope.value]
    operation["security"] = [{name: scopes} for name in _SCHEMES]
    operation["responses"] = operation["responses"] | _REFUSALS
