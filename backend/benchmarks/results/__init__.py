"""The committed figures of each benchmark, as JSON: docs/benchmarks.md is made of them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def write(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """Replace the figures of one benchmark. Returns them as they are read again."""
    rounded = _rounded(result)
    (FOLDER / f"{name}.json").write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    return dict(rounded)


def read(name: str) -> dict[str, Any] | None:
    """Return the figures of one benchmark; None if there are none yet."""
    path = FOLDER / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _rounded(value: Any) -> Any:
    """Four digits: more are noise."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
