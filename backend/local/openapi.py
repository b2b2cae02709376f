"""`python -m local.openapi [--check]`: writes the OpenAPI document, from which the dashboard's types are generated."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.app import create_api
from local.commands import BACKEND

DOCUMENT = BACKEND.parent / "frontend" / "dashboard" / "openapi.json"


def render() -> str:
    """As committed: sorted, so that a change of the API is a small change of the file. Nothing is started."""
    return json.dumps(create_api().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str], *, document: Path = DOCUMENT) -> int:
    """
    Write `document`; with `--check` only compare.

    Returns 0; 1, with a line on standard error, when it is stale; 2 for wrong arguments.
    """
    match list(arguments):
        case []:
            document.parent.mkdir(parents=True, exist_ok=True)
            document.write_text(render(), encoding="utf-8")
            return 0
        case ["--check"]:
            if document.is_file() and document.read_text(encoding="utf-8") == render():
                return 0
            print(
                f"{document.name} is not what the gateway answers: run `PYTHONPATH=backend .venv/bin/python -m "
                "local.openapi`, then `npm run types` in frontend/dashboard, and commit both files",
                file=sys.stderr,
            )
            return 1
    print("usage: python -m local.openapi [--check]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
