"""
`python -m local.dashboard`: builds the dashboard if Node is installed, and says so if it is not.

A missing dashboard is an error only where CI is set: the gateway does not need it, but its tests do.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local import npm
from local.commands import ROOT
from local.errors import LocalError
from local.foreground import Ended, raise_on_signals
from local.node_modules import are_installed

SOURCE = ROOT / "frontend" / "dashboard"
BUILT_FROM = ("src", "public", "scripts", "next.config.ts", "package.json", "package-lock.json", "tsconfig.json")
INSTALL_WITHIN_S = 300.0  # what it has fetched by then, npm keeps: the next call goes on from there
BUILD_WITHIN_S = 300.0  # 13 s on two free cores
SMALL_PACKAGE = "client-only"  # of the lock file: its whole entry at the registry has 1 kB
ANSWER_WITHIN_S = 30.0
PATIENCE = ("--fetch-timeout=10000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")

Say = Callable[[str], None]


def is_built(out: Path = SOURCE / "out") -> bool:
    """Check whether a finished build exists, of whatever sources: a build writes its headers last."""
    return (out / ".headers").is_file()


def is_current(source: Path = SOURCE) -> bool:
    """Check whether a finished build of these sources exists. Raises OSError when they cannot be read."""
    return is_built(source / "out") and _is_of(source, _fingerprint(source))


def build(source: Path, *, say: Say) -> None:
    """
    Build the dashboard unless a build of these sources exists. One at a time: a second call waits for the first.

    Args:
        source: The folder with package.json; the build goes into its `out`.
        say: Gets one line for each slow step.

    Raises:
        LocalError: no Node, an old one, no packages, or sources that do not build. What was built before stays, unless
            the build got as far as replacing it.
    """
    with _locked(source, say):
        fingerprint = _fingerprint(source)
        if is_built(source / "out") and _is_of(source, fingerprint):
            return
        if "\\" in str(source):
            raise LocalError("Node loads no packages where the checkout's path has a backslash: move it elsewhere")
        binary = npm.find()
        if not are_installed(source):
            say("dashboard: installing its pinned packages, once")
            _install(binary, source)
        say("dashboard: building it, because its sources are new here")
        npm.run([binary, "run", "build"], source, within_s=BUILD_WITHIN_S)
        _stamp(source).write_text(fingerprint)


def bring(source: Path = SOURCE, *, say: Say) -> bool:
    """Build if needed, or print one line why not. Returns whether a build of these sources exists."""
    try:
        build(source, say=say)
    except (LocalError, OSError) as error:  # a disk that is full, a folder that belongs to somebody else
        rest = "the build from before stays" if is_built(source / "out") else "going on without it"
        say(f"dashboard: not built: {error}; {rest}, and the API needs none")
        return False
    return True


def main(source: Path = SOURCE) -> int:
    """
    Bring the dashboard up to date and print what is done.

    Returns 0, also without a build; 1, with a line on standard error, without one where CI is set: tests of the pages
    would pass there on older ones, or skip themselves. 130 when it was interrupted.
    """
    try:
        if bring(source, say=_say) or not os.environ.get("CI"):
            return 0
    except (KeyboardInterrupt, Ended):
        return 130
    print("setup.sh: CI is set, and there the dashboard has to be built: its line above says why not", file=sys.stderr)
    return 1


def _say(line: str) -> None:
    print(line, flush=True)  # before the next step's output, also into a pipe


def _install(binary: str, source: Path) -> None:
    command = [binary, "ci", "--include=dev"]  # without it, NODE_ENV=production would leave the compiler out
    try:
        # npm asks for each of 500 packages before it gives up: that a network drops packets is found out with one
        npm.run([binary, "view", SMALL_PACKAGE, "version", *PATIENCE], source, within_s=ANSWER_WITHIN_S)
    except LocalError as silence:
        try:
            npm.run([*command, "--offline"], source, within_s=INSTALL_WITHIN_S)  # npm may have kept all of it
        except LocalError:
            raise silence from None
    else:
        npm.run([*command, "--prefer-offline"], source, within_s=INSTALL_WITHIN_S)


def _stamp(source: Path) -> Path:
    return source / "out" / ".fingerprint"


def _is_of(source: Path, fingerprint: str) -> bool:
    stamp = _stamp(source)
    return stamp.is_file() and stamp.read_text() == fingerprint


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for file in _files(source):
        digest.update(f"{file.relative_to(source).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(source: Path) -> Iterator[Path]:
    for name in BUILT_FROM:
        place = source / name
        within = [place, *sorted(place.rglob("*"))]
        yield from (file for file in within if file.is_file())


@contextmanager
def _locked(source: Path, say: Say) -> Iterator[None]:
    # on a file that is there in every checkout; released with the process, whatever becomes of it
    with (source / "package.json").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("dashboard: another ./setup.sh is building it: waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)  # it ends within its own bounds
        yield


if __name__ == "__main__":
    raise_on_signals()  # npm is in a session of its own: a closed terminal reaches only us
    sys.exit(main())
