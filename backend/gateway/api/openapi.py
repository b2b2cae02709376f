"""Puts the schemas of hand-built replies into /openapi.json."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from gateway.api.replies import DOCUMENTED_ONLY


def describe(app: FastAPI) -> None:
    """Make app.openapi() whole: the routes refer to these schemas by name only."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        _, schemas = models_json_schema(
            [(model, "validation") for model in DOCUMENTED_ONLY], ref_template="#/components/schemas/{model}"
        )
        document.setdefault("components", {}).setdefault("schemas", {}).update(schemas["$defs"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]
