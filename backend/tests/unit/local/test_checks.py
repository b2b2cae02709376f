"""The checks run beside the tests, and either can fail the run."""

import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, getsignal, signal

import pytest

from local import checks


@pytest.fixture(autouse=True)
def ctrl_c_as_before() -> Iterator[None]:
    """A run is a process of its own, and waits where Ctrl-C ends its tests."""
    before = getsignal(SIGINT)
    yield
    signal(SIGINT, before)


def python(code: str) -> list[str]:
    """A command that runs this."""
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("tests", "check", "status"),
    [("", "", 0), ("raise SystemExit(2)", "", 2), ("", "raise SystemExit(3)", 1)],
)
def test_the_tests_or_a_check_can_fail_the_run(tests: str, check: str, status: int) -> None:
    """The status of the tests comes first."""
    assert checks.run(python(tests), [{"a check": python(check)}]) == status


def test_what_fails_is_named_and_the_others_are_run_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    """With all that it said; of what passes, the last line will do."""
    lane = {"first": python("print('a\\nb'); raise SystemExit(1)"), "second": python("print('c\\nd')")}

    checks.run(python(""), [lane])

    said, errors = capfd.readouterr()
    assert said == "\n== first: failed with 1\na\nb\n\n== second: passed: d\n"
    assert errors == "setup.sh: first failed: see above\n"


def test_checks_and_tests_run_at_the_same_time(tmp_path: Path) -> None:
    """Each waits for the other here."""

    def meet(mine: str, theirs: str) -> list[str]:
        here = f"import pathlib, time; here = pathlib.Path({str(tmp_path)!r})"
        return python(
            f"{here}; (here / {mine!r}).touch()\nwhile not (here / {theirs!r}).exists(): time.sleep(0.01)",
        )

    assert checks.run(meet("tests", "check"), [{"a check": meet("check", "tests")}]) == 0
