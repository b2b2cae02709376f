"""Errors as RFC 9457 problem+json, made in this one place."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway.api.methods import allowed_methods
from gateway.errors import FieldError, GatewayError, InvalidRequest
from gateway.kit.cursors import UnknownCursor
from gateway.verdict.intake.field_errors import to_field_errors

_log = structlog.get_logger()
_MEDIA_TYPE = "application/problem+json"
_HTTP = {
    404: ("NOT_FOUND", "No such resource", "See /docs for the endpoints of this API."),
    405: ("METHOD_NOT_ALLOWED", "This resource has no such method", "See the Allow header, or /docs."),
}


def to_problem(error: GatewayError) -> dict[str, Any]:
    """Build the body of an error reply; also the form of a failed item in a batch."""
    return _problem(error.status, error.code, error.title, error.detail, error.field_errors) | dict(error.members)


def install(app: FastAPI) -> None:
    """Answer every error of this app in the one form."""

    @app.exception_handler(GatewayError)
    async def on_gateway_error(_request: Request, error: GatewayError) -> Response:
        return _to_error_response(error)

    @app.exception_handler(RequestValidationError)
    async def on_bad_parameters(_request: Request, error: RequestValidationError) -> Response:
        field_errors = to_field_errors(error.errors(), query=True)
        problem = to_problem(InvalidRequest("See `errors` for each parameter and what would be right.", field_errors))
        return _respond(InvalidRequest.status, problem)

    @app.exception_handler(UnknownCursor)
    async def on_unknown_cursor(_request: Request, _error: UnknownCursor) -> Response:
        error = FieldError("?cursor", "use the next_cursor of the page before, unchanged")
        problem = to_problem(InvalidRequest("The cursor is not one that this gateway gave.", (error,)))
        return _respond(InvalidRequest.status, problem)

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            allowed = allowed_methods(request.scope) or headers.get("Allow", "")
            headers["Allow"] = allowed
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
        code, title, detail = _HTTP.get(error.status_code, ("HTTP_ERROR", "The request failed", str(error.detail)))
        return _respond(error.status_code, _problem(error.status_code, code, title, detail), headers)

    @app.exception_handler(Exception)
    async def on_bug(request: Request, error: Exception) -> Response:
        return to_response(error, path=request.url.path)


def to_response(error: Exception, *, path: str) -> Response:
    """Answer a request that raised this: for whoever answers outside of the framework."""
    if isinstance(error, GatewayError):
        return _to_error_response(error)
    return _respond(500, to_crash(error, path=path))


def to_crash(error: Exception, *, path: str) -> dict[str, Any]:
    """Build the body of a 500, and log the fault whole: it is ours."""
    _log.error("request.crashed", path=path, exc_info=error)
    detail = "This is a fault of the gateway, and it is in its log. Nothing is promised; send the request again."
    return _problem(500, "INTERNAL", "The gateway failed", detail)


def _to_error_response(error: GatewayError) -> Response:
    headers = dict(error.headers)
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not read
    return _respond(error.status, to_problem(error), headers)


def _problem(
    status: int, code: str, title: str, detail: str, field_errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if field_errors:
        problem["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in field_errors]
    return problem


def _respond(status: int, problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(problem), status, headers, media_type=_MEDIA_TYPE)
