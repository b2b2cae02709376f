"""Says where and with what figures were measured."""

import os
import platform
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local import mongod
from local.commands import ROOT

_NICENESS = -15
PACKAGES = ("fastapi", "uvicorn", "pydantic", "msgspec", "grpcio", "motor", "pymongo", "numpy")


def describe() -> dict[str, Any]:
    """Return the machine, its other load now, the versions, and which commit was measured."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "cpu": _of_file(Path("/proc/cpuinfo"), "model name"),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "load_average": round(os.getloadavg()[0], 1),
        "versions": {
            "python": platform.python_version(),
            "mongod": _said(str(mongod.ensure()), "--version").partition("\n")[0].removeprefix("db version v"),
            "wrk": _said("wrk", "--version").removeprefix("wrk ").partition(" ")[0],
            **{name: version(name) for name in PACKAGES},
        },
    }


def go_first() -> None:
    """Let this process and all that it starts go before others of this machine, where the kernel allows it (root)."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (no text of others)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def _of_file(path: Path, name: str) -> str:
    lines = path.read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
