"""What drills share: their length, and a line for each figure that they saw."""

import os
from collections.abc import Callable, Iterator

import pytest

IS_FULL = os.environ.get("SENTINEL_DRILL") == "full"  # ./setup.sh drill; without it, the short forms
full_only = pytest.mark.skipif(not IS_FULL, reason="./setup.sh drill runs it")


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Print a figure past pytest's capture."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n    {line}", end="", flush=True)  # noqa: T201 (for a person at a terminal)

    yield say
    with capsys.disabled():
        print()  # noqa: T201
