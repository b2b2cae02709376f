"""Compiled code is kept for the next start, and never outlives the source that it was made from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brain import compiled

CALLER = """
from brain.callee import add
from brain.compiled import compiled

@compiled
def f(x):
    return add(x)
"""
CALLEE = """
from brain.compiled import compiled

@compiled
def add(x):
    return x + {number}
"""
RUN = """
from brain.caller import f
value = f(1)
print(value, sum(f.stats.cache_hits.values()) if hasattr(f, "stats") else 0)
"""


class Checkout:
    """A brain of two compiled functions, one of which calls the other in another file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.brain = root / "brain"
        self.brain.mkdir()
        shutil.copy(compiled.__file__, self.brain)
        (self.brain / "caller.py").write_text(CALLER)
        self.let_callee_add(1)

    def let_callee_add(self, number: int) -> None:
        (self.brain / "callee.py").write_text(CALLEE.format(number=number))

    @property
    def kept(self) -> list[Path]:
        return sorted((self.brain / "__pycache__").glob("*.nb[ci]"))

    def run(self, **environment: str) -> tuple[int, int]:
        """Return what `f(1)` is in a new process, and how many of its compilations came from the cache."""
        done = subprocess.run(  # noqa: S603 (our own Python)
            [sys.executable, "-c", RUN],
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        value, hits = map(int, done.stdout.split())
        return value, hits


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_code_is_kept_until_any_source_of_the_brain_changes(checkout: Checkout) -> None:
    """numba's own cache would answer 2 for ever: it looks at the file of the caller alone."""
    assert checkout.run() == (2, 0)
    assert checkout.run() == (2, 1)
    kept = checkout.kept

    checkout.let_callee_add(5)

    assert checkout.run() == (6, 0)
    assert not set(checkout.kept) & set(kept), "old code is left behind"


def test_a_damaged_file_is_compiled_again_and_replaced(checkout: Checkout) -> None:
    """A crash of the machine may leave a file empty; the brain must start all the same."""
    checkout.run()
    for path in checkout.kept:
        path.write_bytes(b"")

    assert checkout.run() == (2, 0)
    assert checkout.run() == (2, 1)


def test_a_brain_that_cannot_write_compiles_in_memory(checkout: Checkout) -> None:
    """Images are read-only, and the tests' user may be one whom no mode of a folder keeps out."""
    (checkout.brain / "__pycache__").write_text("not a folder")

    assert checkout.run() == (2, 0)


def test_nothing_is_compiled_when_somebody_debugs(checkout: Checkout) -> None:
    """NUMBA_DISABLE_JIT runs the same source, where a breakpoint works."""
    assert checkout.run(NUMBA_DISABLE_JIT="1") == (2, 0)
    assert not checkout.kept
