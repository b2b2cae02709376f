"""What all reply models have in common, and how routes that answer by hand describe what they take and give."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.json_schema import models_json_schema

from gateway.kit.clock import to_rfc3339
from gateway.settings import AuthMode

# In every reply in one form: UTC with milliseconds. Pydantic's own has none, or six digits, as it happens.
Time = Annotated[
    AwareDatetime,
    PlainSerializer(to_rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Reply(BaseModel):
    """
    A field without a default is one that is always there, so clients need no word for its absence.

    Fields with other names in JSON (`from`) are built by their own name.
    """

    model_config = ConfigDict(extra="forbid", from_attributes=True, validate_by_name=True, validate_by_alias=True)


class ProblemFieldError(Reply):
    """One place that is wrong."""

    pointer: str
    detail: str


class Problem(Reply):
    """RFC 9457; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemFieldError] | None = None
    auth: AuthMode | None = None  # of KEY_MISSING: whether this gateway is a demo


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe these statuses as answered with problem+json."""
    schema = {"$ref": "#/components/schemas/Problem"}
    reply = {"description": "Problem", "content": {"application/problem+json": {"schema": schema}}}
    return dict.fromkeys(statuses, reply)


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    """Describe a request body of this schema, as `openapi_extra` takes it."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def to_json_response(body: object) -> Response:
    """Answer 200 with what was built by hand."""
    return Response(msgspec.json.encode(body), media_type="application/json")


def json_reply(name: str) -> dict[int | str, dict[str, Any]]:
    """Describe status 200 with this schema."""
    return {
        200: {
            "description": "Success",
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        }
    }


def describe(app: FastAPI, models: Sequence[type[BaseModel]]) -> None:
    """Make app.openapi() whole: the routes refer to the schemas of these models by name only."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        _, schemas = models_json_schema(
            [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
        )
        document.setdefault("components", {}).setdefault("schemas", {}).update(schemas["$defs"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]
