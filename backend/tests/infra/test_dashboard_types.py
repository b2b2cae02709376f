"""The dashboard's types are the gateway's: a field that gets another name there breaks the build here."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from local.commands import ROOT
from tests.absent import skip_or_fail

SOURCE = ROOT / "frontend" / "dashboard"
OPENAPI_TYPESCRIPT = SOURCE / "node_modules" / ".bin" / "openapi-typescript"
TYPES = "src/lib/api/schema.d.ts"


@pytest.fixture
def dashboard(tmp_path: Path) -> Path:
    """The dashboard's sources without their build, free to be changed."""
    if not OPENAPI_TYPESCRIPT.exists():
        skip_or_fail("needs the dashboard's packages (./setup.sh, with Node 20.9 or newer)")
    copy = tmp_path / "dashboard"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules", "out", ".next", "*.tsbuildinfo"))
    (copy / "node_modules").symlink_to(SOURCE / "node_modules")
    return copy


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """One of the dashboard's own scripts."""
    npm = shutil.which("npm") or "npm"
    return subprocess.run(  # noqa: S603 (our own scripts)
        [npm, "run", "--silent", *command], cwd=directory, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_renamed_field_breaks_the_build_until_types_are_made_anew_and_then_names_each_use(dashboard: Path) -> None:
    """First the types are stale; made anew, the compiler shows every place that reads the old name."""
    document = dashboard / "openapi.json"
    assert run(dashboard, "types:check").returncode == 0
    renamed = document.read_text().replace('"retry_after_ms"', '"retry_in_ms"')
    assert json.loads(renamed) != json.loads(document.read_text())
    document.write_text(renamed)

    stale = run(dashboard, "types:check")
    assert stale.returncode != 0

    run(dashboard, "types")
    compiled = run(dashboard, "typecheck")
    assert compiled.returncode != 0
    assert "Property 'retry_after_ms' does not exist" in compiled.stdout
    assert "src/features/overview/" in compiled.stdout  # the countdown to the next attempt reads it
