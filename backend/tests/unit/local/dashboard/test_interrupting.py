"""A build that is cut short leaves no process behind that writes on."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local import dashboard
from local.commands import BACKEND
from local.errors import LocalError
from tests.small_npm import to_nobody
from tests.stack import wait_until

# One that starts a process, as `next build` does, and waits for it: the child's id is in the file `child`.
NPM_THAT_HANGS = """#!/bin/sh
if [ "$1" = view ]; then exit 0; fi
sleep 60 &
echo $! >child.new && mv child.new child
wait
"""
# `python -m local.dashboard` for the folder that is named.
COMMAND = """
import sys
from pathlib import Path
from local import dashboard
dashboard.raise_on_signals()
sys.exit(dashboard.main(Path(sys.argv[1])))
"""
# The same, and the end comes while npm is being started: it runs already, and nobody here knows as which process.
COMMAND_ENDED_EARLY = (
    """
import os, signal, subprocess, sys, time
from pathlib import Path
class Popen(subprocess.Popen):
    def __init__(self, command, **options):
        super().__init__(command, **options)
        if "ci" in command:
            while not Path(sys.argv[1], "child").exists():
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.05)
subprocess.Popen = Popen
"""
    + COMMAND
)


def is_running(pid: int) -> bool:
    """Whether it does anything: what has ended and waits for its parent's look has no command line."""
    cmdline = Path(f"/proc/{pid}/cmdline")
    return cmdline.exists() and cmdline.read_bytes() != b""


def test_a_build_that_takes_too_long_ends_with_all_that_it_started(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """npm alone would leave its children at work, and they write into the next build."""
    (tmp_path / "bin" / "npm").write_text(NPM_THAT_HANGS)
    monkeypatch.setattr(dashboard, "INSTALL_WITHIN_S", 2.0)

    with pytest.raises(LocalError, match=r"`npm ci --include=dev` did not end within 2 s"):
        dashboard.build(source, say=to_nobody)

    child = int((source / "child").read_text())
    wait_until(lambda: not is_running(child))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_interrupted_ends_with_all_that_it_started(
    source: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C, a kill and a closed terminal reach this process only: it passes the end on."""
    (tmp_path / "bin" / "npm").write_text(NPM_THAT_HANGS)
    building = subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-c", COMMAND, str(source)],
        env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(BACKEND)},
        stdout=subprocess.DEVNULL,
    )
    wait_until((source / "child").exists)
    child = int((source / "child").read_text())
    was_running = is_running(child)

    building.send_signal(number)

    assert building.wait(15) == 130
    assert was_running
    wait_until(lambda: not is_running(child))


def test_a_build_that_is_interrupted_while_it_begins_leaves_nothing_behind(source: Path, tmp_path: Path) -> None:
    """The signal waits until there is something to end."""
    (tmp_path / "bin" / "npm").write_text(NPM_THAT_HANGS)

    ended = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-c", COMMAND_ENDED_EARLY, str(source)],
        env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(BACKEND)},
        stdout=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 130
    child = int((source / "child").read_text())
    wait_until(lambda: not is_running(child))
