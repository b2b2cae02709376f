"""Holds each reply against /openapi.json: what documents a reply and what renders it say the same."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).resolve().parents[2] / "frontend" / "dashboard" / "openapi.json"


class DescribedReplies:
    """
    A hook for an httpx client.

    Args:
        document: An OpenAPI document; the committed one is what the gateway answers (test_openapi.py).
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        # a fixed path is looked for first: /reviews is no {transaction_id}
        paths = sorted(document["paths"], key=lambda path: ("{" in path, path))
        self._patterns = [(re.compile(_pattern(path)), path) for path in paths]

    def check(self, response: httpx.Response) -> None:
        """Raises jsonschema.ValidationError: a field is missing, is not described, or has another type."""
        schema = self._schema(response.request.method, response.request.url.path, response.status_code)
        if schema is not None and response.headers.get("content-type") == "application/json":
            response.read()
            Draft202012Validator(schema | {"components": self._document["components"]}).validate(response.json())

    def _schema(self, method: str, path: str, status: int) -> dict[str, Any] | None:
        described = next((known for pattern, known in self._patterns if pattern.fullmatch(path)), None)
        if described is None:
            return None
        reply = self._document["paths"][described].get(method.lower(), {}).get("responses", {}).get(str(status), {})
        schema: dict[str, Any] | None = reply.get("content", {}).get("application/json", {}).get("schema")
        return schema


def load_described() -> DescribedReplies:
    """The gateway's own document."""
    return DescribedReplies(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def _pattern(path: str) -> str:
    """An id may hold slashes, so it takes all that is not claimed by what stands behind it."""
    return "".join(".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path))
