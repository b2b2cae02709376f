"""The stack of one machine from a place, in an environment and after an accident that nobody chose."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.commands import BACKEND
from local.supervision import Supervisor, launch, write_config
from tests.local_stack import StackUnderTest

ODD = "-a b%s #c ;d 'e' \"f\" %(here)s $g `h` & *[i] \\ ünï\nj"  # each means something to a shell or to supervisor
FILES_MAX = 512


@pytest.fixture
def odd_stack(tmp_path: Path, mongod_binary: Path) -> Iterator[StackUnderTest]:
    """A checkout in an odd place, its state within it, in an environment of next to nothing."""
    checkout = tmp_path / ODD
    shutil.copytree(BACKEND, checkout / "backend", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (checkout / ".venv").symlink_to(sys.prefix)
    stack = StackUnderTest(checkout / ".sentinel", checkout=checkout)
    ours = ("SENTINEL_", "GATEWAY_", "BRAIN_", "MONGODB_", "PYTHONPATH")
    stack.environment = {name: value for name, value in stack.environment.items() if name.startswith(ours)}
    stack.environment |= {"LC_ALL": "POSIX", "PATH": f"{mongod_binary.parent}:/usr/bin:/bin"}
    stack.wrapper = ("/bin/sh", "-c", f'umask 077; ulimit -n {FILES_MAX}; exec "$@"', "sh")
    yield stack
    stack.run("down", "--volumes")
    assert stack.ports_are_free()


def supervisord_of(stack: StackUnderTest) -> int:
    """Its process id."""
    return int(stack.home.pidfile.read_text())


def test_it_starts_from_any_place_and_after_any_kill(odd_stack: StackUnderTest) -> None:
    """
    Blanks, quotes, %, # and ; in the path, an empty environment, umask 077, 512 files, the POSIX locale: it is up.

    When supervisord is killed, `status` names what is left behind, `up` starts afresh, and `down` leaves nothing.
    """
    up = odd_stack.run("up", "--detach")
    assert up.returncode == 0, up.stdout
    assert odd_stack.post().json()["scored"] is True

    os.kill(supervisord_of(odd_stack), signal.SIGKILL)
    killed, stopped = odd_stack.run("status"), odd_stack.run("stop", "brain")
    again = odd_stack.run("up", "--detach")
    scored = odd_stack.post().json()["scored"]
    os.kill(supervisord_of(odd_stack), signal.SIGKILL)
    down = odd_stack.run("down")
    status = odd_stack.run("status")

    assert killed.returncode == 3
    assert [line.split()[:3] for line in killed.stdout.splitlines()[:4]] == [
        [name, "left", "behind"] for name in ("worker", "gateway", "brain", "db")
    ]
    assert (stopped.returncode, stopped.stdout.partition(":")[2].strip()) == (1, killed.stdout.splitlines()[-1])
    assert (again.returncode, scored, down.returncode) == (0, True, 0), again.stdout + down.stdout
    assert odd_stack.ports_are_free()
    assert status.stdout == "Sentinel is not running: ./setup.sh up starts it\n"


def test_what_supervisor_complains_of_is_said(tmp_path: Path) -> None:
    """The reason, not where to find help."""
    stack = StackUnderTest(tmp_path / "home")
    stack.home.prepare()
    write_config(stack.home, [])
    with stack.home.config.open("a") as config:
        config.write("[program:x]\nautostart=perhaps\n")

    with pytest.raises(Exception, match="program:x") as refused:
        launch(stack.home, os.environ)

    assert "For help" not in str(refused.value)
    assert not Supervisor(stack.home.socket).is_running()
