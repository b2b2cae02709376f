"""Watches the stack of `./setup.sh up` in a terminal until it is ended."""

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from local.errors import LocalError
from local.stack import Stack
from local.supervision import ProcessState

POLL_S = 0.5


class Ended(BaseException):
    """Raised by Ctrl-C, a closed terminal or SIGTERM. No Exception, as KeyboardInterrupt: no handler catches it."""


def raise_on_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP raise Ended in the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_ended)


def ignore_signals() -> None:
    """Ignore further signals, so that they do not interrupt the stop, which is bounded anyway."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def watch(stack: Stack, *, say: Callable[[str], None]) -> None:
    """
    Say each change of a service; return when the stack was taken down from elsewhere.

    Raises:
        Ended: a signal came.
    """
    seen = _states(stack)
    while seen:
        time.sleep(POLL_S)
        now = _states(stack)
        for name, process in now.items():
            if name in seen and process != seen[name]:
                say(f"{name:8} {process}")
        seen = now
    say("Sentinel was stopped from elsewhere.")


def _states(stack: Stack) -> dict[str, str]:
    with suppress(LocalError):
        return {name: _word(process) for name, process in stack.processes().items()}
    return {}


def _word(process: ProcessState) -> str:
    # supervisor calls the first second of a process STARTING; to a person it is the same event
    state = "running" if process.state == "STARTING" else process.state.lower()
    return f"{state} (pid {process.pid})" if process.pid else state


def _raise_ended(_number: int, _frame: FrameType | None) -> None:
    raise Ended
