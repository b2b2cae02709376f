"""The dashboard is built, by the real Next.js, in a checkout whose path nobody would have chosen."""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from local import dashboard, npm
from local.errors import LocalError
from local.node_modules import are_installed
from tests.drills.conftest import full_only

pytestmark = full_only  # 18 s on two free cores, and half a gigabyte of packages is linked
ODD = "-x a%b%20 #c ;d 'e' \"f\" $HOME `g` [h] {i,j} (k) !l @m * ? & ~ ünï\nl"  # each means something to some tool


def test_it_is_built_in_a_path_with_everything_in_it(tmp_path: Path, tell: Callable[[str], None]) -> None:
    """The build that comes out is whole, and of these sources."""
    try:
        npm.find()
    except LocalError as error:
        pytest.skip(f"without Node nothing is built: {error}")
    if not are_installed(dashboard.SOURCE):
        pytest.skip("the dashboard's packages are not installed here: ./setup.sh installs them")
    source = tmp_path / ODD / "dashboard"
    shutil.copytree(
        dashboard.SOURCE, source, symlinks=True, copy_function=link, ignore=shutil.ignore_patterns("out", ".next")
    )
    began_s = time.monotonic()

    dashboard.build(source, say=tell)

    tell(f"built in {time.monotonic() - began_s:.0f} s")
    assert dashboard.is_current(source)
    assert (source / "out" / "index.html").read_text().startswith("<!DOCTYPE html>")


def link(source: str, destination: str) -> None:
    """A second name for packages, which nobody writes to; a copy of everything else, and on another disk."""
    if "node_modules" in source:
        with suppress(OSError):
            Path(destination).hardlink_to(source)
            return
    shutil.copy2(source, destination)
