"""
Refuses a second process of one gateway: counters, circuits and the files beside the journal belong to one.

The kernel gives the lock back however a process ends, so that who was killed can start again at once.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import structlog

_log = structlog.get_logger()
_LOCK = "gateway.lock"
_WAIT_S = 2.0  # a predecessor that is stopping may need as long to let go
ADVICE = "one gateway is one process: for more, run a second gateway with a GATEWAY_JOURNAL_DIR of its own"


class AlreadyRunning(Exception):
    """Another process serves with this journal directory."""


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """
    Hold the journal's directory, so that no other process serves with it meanwhile.

    A disk that refuses stops no gateway: that is logged, and nothing is held.

    Raises:
        AlreadyRunning: another process has held it for two seconds.
    """
    with ExitStack() as held:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _lock(held.enter_context((directory / _LOCK).open("ab")))
        except BlockingIOError:
            _log.error("gateway.already_running", journal_dir=str(directory), advice=ADVICE)
            raise AlreadyRunning(ADVICE) from None
        except OSError as error:
            _log.error("gateway.not_locked", journal_dir=str(directory), error=type(error).__name__)
        yield


def _lock(file: BinaryIO) -> None:
    deadline_s = time.monotonic() + _WAIT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline_s:
                raise
        time.sleep(0.05)
