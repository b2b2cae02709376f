"""What tests of the local build share."""

import json
from pathlib import Path

import pytest

from tests.small_npm import LOCK, put_on_path


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's frontend/dashboard; node and npm are on PATH."""
    folder = tmp_path / "dashboard"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "page.tsx").write_text("one")
    for name in ("next.config.ts", "package.json", "tsconfig.json"):
        (folder / name).write_text("{}")
    (folder / "package-lock.json").write_text(json.dumps(LOCK))
    put_on_path(tmp_path, monkeypatch, node="v20.9.0")
    monkeypatch.delenv("CI", raising=False)
    return folder
