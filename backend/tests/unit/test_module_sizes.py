"""The house stays small: modules and functions of what ships have bounds, and the wiring can be read at a glance."""

import ast
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]
ROOMS = ("gateway", "brain", "audit", "money", "records")
SHIPS = [path for room in ROOMS for path in sorted((BACKEND / room).rglob("*.py"))]
MODULE_LINES_MAX, FUNCTION_LINES_MAX, WIRING_LINES_MAX = 300, 60, 120
LEDGER_FILES_MAX = 32


def test_no_module_has_more_than_300_lines() -> None:
    """At 150 it is time to ask what the second noun is."""
    assert [str(path.relative_to(BACKEND)) for path in SHIPS if _lines(path) > MODULE_LINES_MAX] == []


def test_no_function_has_more_than_60_lines() -> None:
    """Its docstring counts."""
    assert [where for path in SHIPS for where in long_functions(path)] == []


@pytest.mark.parametrize("process", [path for path in SHIPS if path.stem in ("main", "worker")], ids=str)
def test_a_process_is_wired_in_few_lines(process: Path) -> None:
    """Who runs what, in which order; what each part is given stands in its room."""
    assert _lines(process) <= WIRING_LINES_MAX


def test_no_module_is_named_like_its_folder() -> None:
    """A folder's main module says what it is there: service.py, store.py."""
    assert [str(path) for path in SHIPS if path.stem == path.parent.name and path.parent.parent != BACKEND] == []


def test_the_ledger_keeps_records_and_nothing_else() -> None:
    """What a feature keeps is the feature's: a file that would be the 33rd belongs elsewhere."""
    assert len(list((BACKEND / "gateway" / "ledger").rglob("*.py"))) <= LEDGER_FILES_MAX


def test_a_long_function_is_noticed(tmp_path: Path) -> None:
    """By its own lines, whatever stands around it."""
    module = tmp_path / "module.py"
    module.write_text("def short():\n    pass\n\n\nasync def long():\n" + "    pass\n" * FUNCTION_LINES_MAX)

    assert [where.rpartition(":")[2] for where in long_functions(module)] == ["long"]


def long_functions(path: Path) -> list[str]:
    """File and name of each function with more lines than it may have."""
    return [
        f"{path}:{node.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
