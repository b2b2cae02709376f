"""Puts the schemas of hand-built replies into /openapi.json."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema


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
