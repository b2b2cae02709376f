"""The API's document: the dashboard's types are made of it, so it must be there, be true, and leave nothing open."""

from pathlib import Path
from typing import Any

import pytest

from gateway.app import create_api
from local.openapi import DOCUMENT, main, render

# a problem has `errors` where places are wrong, and `auth` where a key is missing; an item a verdict or a problem
LEFT_OUT_WHERE_NOT_NEEDED = {
    "BudgetOut.probability",
    "Problem.errors",
    "Problem.auth",
    "BatchResult.verdict",
    "BatchResult.problem",
}


def test_the_committed_document_is_what_the_gateway_answers() -> None:
    """A field that is renamed stops here, and not in an operator's browser."""
    assert main(["--check"]) == 0, "run `PYTHONPATH=backend .venv/bin/python -m local.openapi`"


def test_a_stale_document_is_named_with_the_command_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever renamed the field reads what to run; then the check passes."""
    document = tmp_path / "openapi.json"
    document.write_text(render().replace('"fail_max"', '"fail_maximum"'), encoding="utf-8")
    assert main(["--check"], document=document) == 1
    assert "python -m local.openapi" in capsys.readouterr().err

    assert main([], document=document) == 0

    assert main(["--check"], document=document) == 0
    assert document.read_text(encoding="utf-8") == DOCUMENT.read_text(encoding="utf-8")


def test_a_misspelt_argument_writes_nothing(tmp_path: Path) -> None:
    """`--chek` in a script must not turn a check into a write."""
    document = tmp_path / "openapi.json"

    assert main(["--chek"], document=document) == 2

    assert not document.exists()


def test_every_field_of_a_reply_is_always_there() -> None:
    """A client in TypeScript then needs no word for a field that is missing; null is said where it may be."""
    schemas: dict[str, Any] = create_api().openapi()["components"]["schemas"]

    optional = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        if name.endswith("Out") or name in {"Problem", "ProblemFieldError", "BatchResult", "ReviewOfRecord"}
        for field in schema.get("properties", {}).keys() - set(schema.get("required", ()))
    }

    assert optional == LEFT_OUT_WHERE_NOT_NEEDED


def test_every_reply_in_json_has_a_schema_of_its_own() -> None:
    """None is just an object: a client is told each field."""
    paths: dict[str, Any] = create_api().openapi()["paths"]

    without = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        for media_type, content in operation["responses"]["200"]["content"].items()
        if media_type == "application/json" and "$ref" not in content["schema"]
    ]

    assert without == []
