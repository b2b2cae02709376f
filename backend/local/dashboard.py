"""
`python -m local.dashboard`: builds the dashboard when Node is there, and says so plainly when it is not.

Never a reason to stop: the gateway, its API and its tests need no dashboard.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.commands import ROOT
from local.errors import LocalError
from local.node_modules import are_installed

SOURCE = ROOT / "frontend" / "dashboard"
NODE_MIN = (20, 9)  # of Next.js
BUILT_FROM = ("src", "public", "scripts", "next.config.ts", "package.json", "package-lock.json", "tsconfig.json")
INSTALL_WITHIN_S = 900.0
BUILD_WITHIN_S = 600.0  # 13 s on two free cores

Say = Callable[[str], None]


def is_built(out: Path = SOURCE / "out") -> bool:
    """Whether a finished build is there, fresh or not: the last thing that a build writes is its headers."""
    return (out / ".headers").is_file()


def build(source: Path, *, say: Say) -> None:
    """
    Build it unless the build that is there is of these very sources. One at a time: a second call waits, and finds it.

    Args:
        source: The folder with package.json; the build goes into its `out`.
        say: Told in one line of each slow step.

    Raises:
        LocalError: no Node, an old one, no packages, or sources that do not build. What was built before stays, unless
            the build got as far as replacing it.
    """
    with _locked(source, say):
        stamp = source / "out" / ".fingerprint"
        fingerprint = _fingerprint(source)
        if is_built(source / "out") and stamp.exists() and stamp.read_text() == fingerprint:
            return
        npm = _find_npm()
        if not are_installed(source):
            say("dashboard: installing its pinned packages, once")
            # offline it shall be known soon; with NODE_ENV=production the compiler would be left out
            patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--prefer-offline"]
            _run([npm, "ci", "--include=dev", *patience], source, within_s=INSTALL_WITHIN_S)
        say("dashboard: building it, because its sources are new here")
        _run([npm, "run", "build"], source, within_s=BUILD_WITHIN_S)
        stamp.write_text(fingerprint)


def main(source: Path = SOURCE) -> int:
    """Build, or say in one line why not. Returns 0 either way, 130 when it was interrupted."""
    try:
        build(source, say=_say)
    except (LocalError, OSError) as error:  # a disk that is full, a folder that belongs to somebody else
        rest = "the build from before stays" if is_built(source / "out") else "going on without it"
        _say(f"dashboard: not built: {error}; {rest}, and the API needs none")
    except KeyboardInterrupt:
        return 130
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # before the next step's output, also into a pipe


def _find_npm() -> str:
    node, npm = shutil.which("node"), shutil.which("npm")
    wanted = ".".join(map(str, NODE_MIN))
    if node is None or npm is None:
        raise LocalError(f"Node {wanted} or newer and npm are not both on PATH")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < NODE_MIN:
        raise LocalError(f"Node {wanted} or newer is needed, and {node} says {said or 'nothing'}")
    return npm


def _run(command: list[str], source: Path, *, within_s: float) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    try:
        done = subprocess.run(
            command,
            cwd=source,
            env=environment | {"NEXT_TELEMETRY_DISABLED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LocalError(f"`npm {' '.join(command[1:3])}` did not end within {within_s:.0f} s") from None
    if done.returncode != 0:
        log = source / ".next" / "setup.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(done.stdout)
        raise LocalError(f"`npm {' '.join(command[1:3])}` failed ({_cause(done.stdout)}; all of it in {log})")


def _cause(output: str) -> str:
    """The first line that calls itself an error, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    return next((line for line in lines if re.search(r"\berror\b|Error:", line, re.IGNORECASE)), lines[-1])[:200]


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
    sys.exit(main())
