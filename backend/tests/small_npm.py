"""Node and npm in small, and a dashboard for them to build."""

from pathlib import Path

import pytest

# What npm does, in small: `ci` writes its own list of packages, `run build` leaves out/, and both note that they ran.
# Without a network `view` fails, and `ci` only has what was kept.
NPM = """#!/bin/sh
if [ -e no-network ] && [ "$1" = view ]; then echo "npm error code EIDLETIMEOUT"; exit 1; fi
if [ "$1" = view ]; then exit 0; fi
echo "$1 $2" >>calls
if [ -e no-network ] && ! { [ -e kept ] && [ "$3" = --offline ]; } && [ "$1" = ci ]; then exit 1; fi
if [ -e broken ]; then cat broken; exit 1; fi
case $1 in
  ci) mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json ;;
  run)
    [ -z "$SLOW" ] || sleep 0.5
    rm -rf out && mkdir out && echo "NODE_ENV=$NODE_ENV" >out/index.html && : >out/.headers ;;
esac
"""
LOCK = {"packages": {"": {"name": "it"}, "node_modules/next": {"version": "16.4.5"}}}


def put_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, node: str | None) -> None:
    """Stand-ins before all else, or, with None, a PATH with neither."""
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    if node is None:
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        return
    for name, text in (("node", f"#!/bin/sh\necho {node}\n"), ("npm", NPM)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")


def to_nobody(_line: str) -> None:
    """Where it does not matter what is said."""


def calls(source: Path) -> list[str]:
    """What npm was asked to do."""
    noted = source / "calls"
    return noted.read_text().splitlines() if noted.exists() else []
