"""The retired words of our own are gone: names of the code are the field's."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2]
ROOMS = ("gateway", "tests")
RETIRED = {
    "get, get_stale, refresh": "promptly currently",
    "suspect": "doubted",
    "is_healthy": "is_well ledger_is_well others_are_well scorer_is_well",
    "rescore backlog": "BlindDebtOut DebtScorer Debt Debts blind_debt debt debts has_debt has_debts try_debt",
    "amount_reference_minor": "STAKES_FIRST at_stake at_stake_minor exposed_minor stake",
    "notifier, notified": "FlipTeller Teller Told UNTOLD_MAX UntoldFlips mark_told teller untold",
    "FieldError": "Place ProblemPlace to_places",
    "AlertQueue, AlertBuffer; give up": "BURY_S Holding Inbox bury bury_at_s bury_overdue holding inbox",
    "QuotaLease, LeaseStore": "FakeBook Held LeaseBook OtherShareOut ShareHolder",
    "SuspectScores": "DOUBTED Doubt Doubts doubt doubts",
    "ScoreMonitor; an unhealthy brain": "LIARS Sight SightOut found_lying has_only_liars is_clear liar sight truth_at",
    "probe; reconnect": "KNOCK_S knock knocks",
    "RateLimiter": "Pace pace",
    "announce, receive; known, seen": "Heard hear heard_at_s heard_s is_told told_to",
    "DecisionService": "BlindDesk Desk desk",
    "RecordedVerdict": "Standing find_standing standing standing_of standings to_standing",
}


VERBS_FIRST = ("kit", "api", "fallback", "wiring")  # rooms whose functions say what they do
NO_VERBS = (
    "A All An Also As Both By Each Every Everything For From How In It Its Likewise None Nothing Of Once One Some The"
    " These This Those What Which"
)


def names_in(source: str) -> Iterator[str]:
    """Every name that a module binds or uses: variables, attributes, arguments, classes, functions, imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.ImportFrom(module=str(name)):
                yield from name.split(".")
            case ast.alias(name=name, asname=other):
                yield from (*name.split("."), other or "")
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


@pytest.fixture(scope="module")
def names() -> set[str]:
    """Names in the code, without leading underscores, and names of its files."""
    files = [path for room in ROOMS for path in (BACKEND / room).rglob("*.py")]
    found = {name for path in files for name in names_in(path.read_text(encoding="utf-8"))}
    return {name.lstrip("_") for name in found} | {path.stem.removeprefix("test_") for path in files}


@pytest.mark.parametrize(("word", "retired"), RETIRED.items())
def test_one_thing_has_one_word(names: set[str], word: str, retired: str) -> None:
    """What the field calls by one word has no second name here."""
    assert names.isdisjoint(retired.split()), f"say {word}"


@pytest.mark.parametrize("room", VERBS_FIRST)
def test_a_function_says_what_it_does(room: str) -> None:
    """Verb first. A property says what it is, and a route speaks to the callers of the API."""
    files = (BACKEND / "gateway" / room).rglob("*.py")

    assert [f"{path.name}: {said}" for path in files for said in without_a_verb(path.read_text(encoding="utf-8"))] == []


def without_a_verb(source: str) -> Iterator[str]:
    """Find docstrings of public functions that begin with no verb."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            decorators = " ".join(ast.unparse(each) for each in node.decorator_list)
            words = (ast.get_docstring(node) or "Do").split()
            if (
                words[0].strip(".,:") in NO_VERBS.split()
                and "property" not in decorators
                and "router." not in decorators
            ):
                yield f"{node.name}: {' '.join(words[:6])}"


def test_a_docstring_without_a_verb_is_noticed() -> None:
    """Of a function; what a property is, it is."""
    source = 'def f():\n    """The size."""\n\n@property\ndef g():\n    """The size."""\n\ndef h():\n    """Add."""\n'

    assert list(without_a_verb(source)) == ["f: The size."]


def test_every_kind_of_name_is_seen() -> None:
    """A retired word is found wherever it may stand in a module."""
    source = "import a.b as c\nfrom d import e\nclass f:\n    async def g(self, h, *, i): j.k = l(m=1)\n"

    assert set("abcdefghijklm") <= set(names_in(source))
