"""Finds and runs npm within a time limit, and ends it together with every process that it started."""

import os
import re
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from local.errors import LocalError

NODE_MIN = (20, 9)  # of Next.js


def find() -> str:
    """
    Find npm.

    Raises:
        LocalError: no Node, an old one, or no npm beside it.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    wanted = ".".join(map(str, NODE_MIN))
    if node is None or npm is None:
        raise LocalError(f"Node {wanted} or newer and npm are not both on PATH")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < NODE_MIN:
        raise LocalError(f"Node {wanted} or newer is needed, and {node} says {said or 'nothing'}")
    return npm


def run(command: list[str], source: Path, *, within_s: float) -> None:
    """
    Run one command to its end. However it is interrupted, also by a signal, none of its processes stays.

    Args:
        command: npm, as `find` returns it, and what it is to do.
        source: The folder with package.json; after a failure all output is in its `.next/`, as `npm-ci.log`, say.

    Raises:
        LocalError: it failed, or did not end in time.
    """
    called = f"`npm {' '.join(command[1:3])}`"
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    with (
        _SignalsHeld() as signals,
        subprocess.Popen(
            command,
            cwd=source,
            env=environment | {"NEXT_TELEMETRY_DISABLED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # ending npm alone would leave its children running, which write into out/
        ) as process,
    ):
        try:
            signals.let_go()
            output, _ = process.communicate(timeout=within_s)
        except BaseException as interruption:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(interruption, subprocess.TimeoutExpired):
                raise LocalError(f"{called} did not end within {within_s:.0f} s") from None
            raise
    if process.returncode != 0:
        log = source / ".next" / f"npm-{command[1]}.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(output)
        raise LocalError(f"{called} failed ({_cause(output)}; all of it in {log})")


class _SignalsHeld:
    """
    Hold back signals while a process is being created, until its id is known and it can be ended.

    Uses Python's handlers, not the signal mask, which a new process would inherit.
    """

    def __init__(self) -> None:
        self._came: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # elsewhere no signal is ever handled
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                self._before[number] = signal.signal(number, lambda came, _frame: self._came.append(came))
        return self

    def let_go(self) -> None:
        """Let signals act at once again, also those held back. A second call does nothing."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
        came, self._came = self._came, []
        for number in came:
            signal.raise_signal(number)

    def __exit__(self, *_: object) -> None:
        self.let_go()


def _cause(output: str) -> str:
    """Return the first line that calls itself an error, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    return next((line for line in lines if re.search(r"error\b", line, re.IGNORECASE)), lines[-1])[:200]
