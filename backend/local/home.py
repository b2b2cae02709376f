"""Manages the state directory of the stack (`.sentinel/`, or SENTINEL_HOME): data, logs, and how to reach it."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from local.errors import LocalError
from local.settings import Settings

# A Unix socket's path may have 107 bytes (macOS: 103), and supervisor first binds it with ".<pid>" added.
SOCKET_PATH_BYTES_MAX = 90
MEANS_SOMETHING = frozenset("%#;\n")  # characters with a meaning in supervisor's configuration
LOCK_WAIT_S = 180.0  # another command may be starting, at most 60 s for each of three services


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside one state directory. Two stacks with two homes and other ports live side by side."""

    root: Path

    @property
    def data(self) -> Path:
        """mongod's files: `down` keeps them, `down --volumes` deletes them."""
        return self.root / "data"

    @property
    def journal(self) -> Path:
        """The gateway's journal: verdicts that mongod does not have yet. Deleted with the data."""
        return self.root / "journal"

    @property
    def logs(self) -> Path:
        """One file per service, rotated by supervisor."""
        return self.root / "logs"

    @property
    def config(self) -> Path:
        """Generated for supervisor at each `up`."""
        return self.root / "supervisord.conf"

    @property
    def pidfile(self) -> Path:
        """supervisord's pid file, which exists while it runs."""
        return self.root / "supervisord.pid"

    @property
    def socket(self) -> Path:
        """supervisord's socket: inside, or in a private directory under /tmp when the path is too long."""
        inside = self.root / "supervisor.sock"
        if len(os.fsencode(inside)) <= SOCKET_PATH_BYTES_MAX:
            return inside
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        name = f"sentinel-{os.getuid()}-{digest}"
        short = Path(tempfile.gettempdir()) / name / "s"
        fits = len(os.fsencode(short)) <= SOCKET_PATH_BYTES_MAX and not MEANS_SOMETHING & set(str(short))
        return short if fits else Path("/tmp", name, "s")  # noqa: S108

    @property
    def keys(self) -> Path:
        """What the tools of this machine call the gateway with. Stays when data is deleted."""
        return self.root / "keys"

    def script(self, name: str) -> Path:
        """The script that supervisor runs for a service, generated at each `up`."""
        return self.root / "run" / f"{name}.sh"

    def prepare(self) -> None:
        """
        Make the directories, readable by their owner only: logs and data are about people.

        Raises:
            LocalError: the socket's directory under /tmp belongs to somebody else.
        """
        for directory in (self.root, self.data, self.journal, self.logs, self.keys, self.socket.parent):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.socket.parent != self.root:
            owner = self.socket.parent.lstat()
            if owner.st_uid != os.getuid() or owner.st_mode & 0o077:
                raise LocalError(f"{self.socket.parent} is not private to you: remove it, or set SENTINEL_HOME")

    def remember(self, settings: Settings) -> None:
        """Record the ports of the stack that starts, for later commands with another environment."""
        ports = {
            "gateway_port": settings.gateway_port,
            "worker_port": settings.worker_port,
            "brain_port": settings.brain_port,
            "mongodb_port": settings.mongodb_port,
        }
        self._ports_file.write_text(json.dumps(ports))

    def recall(self, settings: Settings) -> Settings:
        """The settings that the running stack was started with; the given ones where an older version recorded none."""
        try:
            return replace(settings, home=self.root, **json.loads(self._ports_file.read_text()))
        except (OSError, ValueError, TypeError):
            return settings

    def forget_socket(self) -> None:
        """Remove the socket's directory under /tmp, if there is one. The stack must be down."""
        if self.socket.parent != self.root:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def delete_data(self) -> None:
        """Remove the ledger, the history and the logs. The stack must be down."""
        for directory in (self.data, self.journal, self.logs):
            shutil.rmtree(directory, ignore_errors=True)

    @contextmanager
    def locked(self, say: Callable[[str], None]) -> Iterator[None]:
        """
        One command at a time changes what runs.

        Raises:
            LocalError: another command held the lock for three minutes, or nothing can be written here.
        """
        with self._open_lock() as lock:
            give_up_s = time.monotonic() + LOCK_WAIT_S
            is_announced = False
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() > give_up_s:
                    raise LocalError(f"another ./setup.sh has been at work for {LOCK_WAIT_S:.0f} s: end it first")
                if not is_announced:
                    say("another ./setup.sh is at work here: waiting for it")
                    is_announced = True
                time.sleep(0.1)
            yield

    def _open_lock(self) -> TextIO:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            return (self.root / "lock").open("a")
        except OSError as error:
            raise LocalError(
                f"the stack's state cannot be kept in {self.root} ({error.strerror}): "
                "set SENTINEL_HOME to a directory that you may write to"
            ) from error

    @property
    def _ports_file(self) -> Path:
        return self.root / "stack.json"
