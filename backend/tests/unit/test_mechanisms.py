"""What gateway/kit does is done nowhere else: no loop, lease, lock or replaced file is written a second time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]
KIT = BACKEND / "gateway" / "kit"
ENDLESS_MAX = 3  # of connections: they end when the other side does
COMPARISONS = {"$lt", "$lte", "$gt", "$gte", "$add", "$subtract", "$dateAdd", "$dateDiff", "$dateSubtract"}


def test_mechanisms_stand_in_the_kit_only() -> None:
    """Whoever needs one asks gateway/kit, so that it is correct once."""
    found = [f"{path.relative_to(BACKEND)}:{what}" for path in _outside_the_kit() for what in mechanisms(_read(path))]

    assert [each for each in found if "while True" not in each] == []
    assert len([each for each in found if "while True" in each]) <= ENDLESS_MAX


@pytest.mark.parametrize(
    ("source", "mechanism"),
    [
        ('_log.exception("alerts.crashed")', "a loop that logs its crashes"),
        ('_log.exception(f"{name}.crashed", times=3)', "a loop that logs its crashes"),
        ('{"$lte": ["$lease.until", "$$NOW"]}', "a lease"),
        ('{"$set": {"until": {"$add": [NOW, 5_000]}}}', "a lease"),
        ("import fcntl", "a lock"),
        ("from fcntl import flock", "a lock"),
        ("os.replace(new, old)", "a replaced file"),
        ("new.rename(old)", "a replaced file"),
        ("path.replace(old)", "a replaced file"),
        ("while True:\n    step()", "while True"),
        ("while 1:\n    step()", "while True"),
    ],
)
def test_each_mechanism_is_noticed(source: str, mechanism: str) -> None:
    """As somebody would write it who does not know the kit."""
    assert list(mechanisms(source)) == [f"1: {mechanism}"]


@pytest.mark.parametrize(
    "source",
    [
        'text.replace("a", "b")',
        "replace(verdict, replayed=True)",
        "at.replace(tzinfo=UTC)",
        "async def change(faults):\n    await faults.replace(settings)",
        '{"$set": {"decided_at": "$$NOW"}}',
        '_log.exception("alert.not_raised")',
        "while is_open:\n    step()",
    ],
)
def test_other_code_is_left_alone(source: str) -> None:
    """A time that is only written down is no lease, and a changed text no file."""
    assert list(mechanisms(source)) == []


def mechanisms(source: str) -> Iterator[str]:
    """Yield line and name of each mechanism that this module writes by hand."""
    nodes = list(ast.walk(ast.parse(source)))
    awaited = [node.value for node in nodes if isinstance(node, ast.Await)]  # of a neighbour: no file is
    for node in nodes:
        if isinstance(node, ast.expr | ast.stmt) and node not in awaited and (what := _mechanism(node)):
            yield f"{node.lineno}: {what}"


def _mechanism(node: ast.expr | ast.stmt) -> str | None:
    what = None
    match node:
        case ast.Call(func=ast.Attribute(attr="exception"), args=[said, *_]) if "crashed" in ast.unparse(said):
            what = "a loop that logs its crashes"
        case ast.Dict(keys=[ast.Constant(value=word)], values=[value]) if word in COMPARISONS and _is_of_now(value):
            what = "a lease"
        case ast.Import(names=[ast.alias(name="fcntl")]) | ast.ImportFrom(module="fcntl"):
            what = "a lock"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="replace" | "rename")):
            what = "a replaced file"
        case ast.Call(func=ast.Attribute(attr="replace" | "rename"), args=[_], keywords=[]):
            what = "a replaced file"
        case ast.While(test=ast.Constant(value=is_endless)) if is_endless:
            what = "while True"
    return what


def _is_of_now(expression: ast.expr) -> bool:
    """Whether it compares or moves the server's time itself; what stands deeper is found there."""
    members = expression.elts if isinstance(expression, ast.List) else []
    return any(ast.unparse(member) in ("'$$NOW'", "NOW", "lease.NOW") for member in members)


def _outside_the_kit() -> list[Path]:
    return [
        path
        for room in ("gateway", "audit", "money", "records", "observability")
        for path in (BACKEND / room).rglob("*.py")
        if KIT not in path.parents
    ]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
