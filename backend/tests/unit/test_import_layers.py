"""The import contracts hold, and would notice an import that breaks them."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

BACKEND = Path(__file__).resolve().parents[2]
LAYERED = ("gateway", "brain", "training")
CONTRACTS = tomllib.loads((BACKEND.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
CONTRACT = {contract["containers"][0]: contract for contract in CONTRACTS if contract["type"] == "layers"}


@pytest.mark.parametrize("package", LAYERED)
def test_no_imports_go_in_a_circle(package: str) -> None:
    """No room of the package, and no module of a room, imports another that imports it in turn."""
    graph = grimp.build_graph(package, cache_dir=None)
    parents = {module.rpartition(".")[0] or package for module in graph.modules}

    circles = {parent: breakers for parent in parents if (breakers := graph.nominate_cycle_breakers(parent))}

    assert circles == {}


@pytest.mark.parametrize("package", LAYERED)
def test_the_layers_hold(package: str, tmp_path: Path) -> None:
    """The package as it is keeps its contract: what the next test adds is all that breaks it."""
    done = _lint(_copy(package, tmp_path), package)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", LAYERED)
@pytest.mark.parametrize("above", [-2, 0])
def test_an_import_against_the_layers_is_noticed(package: str, above: int, tmp_path: Path) -> None:
    """The lowest room imports the room above it, or the highest one: the contract fails and names both."""
    copy = _copy(package, tmp_path)
    lowest, upper = (CONTRACT[package]["layers"][place].split(" | ")[0] for place in (-1, above))
    importer = copy / package / lowest
    importer = importer / "__init__.py" if importer.is_dir() else importer.with_suffix(".py")
    importer.write_text(f"{importer.read_text()}\nimport {package}.{upper}\n")

    done = _lint(copy, package)

    assert done.returncode == 1
    assert f"{package}.{lowest} is not allowed to import {package}.{upper}" in done.stdout


def _copy(package: str, directory: Path) -> Path:
    shutil.copytree(BACKEND / package, directory / package, ignore=shutil.ignore_patterns("__pycache__", "*.txt"))
    lines = ["[importlinter]", f"root_package = {package}", "[importlinter:contract:layers]"]
    for key, value in CONTRACT[package].items():
        lines.append(
            f"{key} = " + ("".join(f"\n  {line}" for line in value) if isinstance(value, list) else str(value))
        )
    (directory / ".importlinter").write_text("\n".join(lines))
    return directory


def _lint(directory: Path, package: str) -> "subprocess.CompletedProcess[str]":
    command = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(  # noqa: S603 (our own linter)
        [sys.executable, "-c", command, "--no-cache"],
        cwd=directory,
        env={"PYTHONPATH": str(directory), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
