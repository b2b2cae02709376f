"""Configures, starts and calls supervisor, which keeps the services running."""

import http.client
import os
import resource
import shlex
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from local.commands import ROOT
from local.errors import LocalError
from local.home import Home
from local.orphans import MARK
from local.services import Service

ANSWER_WITHIN_S = 10.0
FILES_WANTED, PROCESSES_WANTED = 1024, 200  # supervisor's own defaults
RUNNING = frozenset({"STARTING", "RUNNING", "BACKOFF", "STOPPING"})  # a process is there or will be
GIVEN_UP = frozenset({"FATAL", "EXITED", "STOPPED", "UNKNOWN"})  # none will start by itself


def write_config(home: Home, services: Iterable[Service]) -> None:
    """
    Write supervisord.conf, and a script for each service.

    The configuration holds no environment (services inherit supervisord's) and no path that a person chose: in
    supervisor's format "%" and, after a blank, "#" and ";" mean something. It is read in the state directory.
    """
    sections = [
        f"""\
[supervisord]
identifier=sentinel
pidfile={home.pidfile.name}
logfile={home.logs.name}/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
childlogdir={home.logs.name}
minfds={_at_most(resource.RLIMIT_NOFILE, FILES_WANTED)}
minprocs={_at_most(resource.RLIMIT_NPROC, PROCESSES_WANTED)}

[unix_http_server]
file={home.socket.name if home.socket.parent == home.root else home.socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    ]
    for service in services:
        script = home.script(service.name)
        script.parent.mkdir(mode=0o700, exist_ok=True)
        script.write_bytes(
            os.fsencode(f"#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {shlex.join(service.command)}\n")
        )
        sections.append(
            f"""\
[program:{service.name}]
command=/bin/sh {script.relative_to(home.root)}
autostart=false
autorestart=unexpected
exitcodes=0
startsecs=1
startretries=2
stopsignal=TERM
stopwaitsecs={service.stop_wait_s}
killasgroup=true
redirect_stderr=true
stdout_logfile={home.logs.name}/{service.name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""
        )
    home.config.write_text("\n".join(sections))


def _at_most(limit: int, wanted: int) -> int:
    """supervisord raises the soft limit to this, and refuses to start where the hard one does not allow it."""
    hard = resource.getrlimit(limit)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def launch(home: Home, environment: Mapping[str, str]) -> "Supervisor":
    """
    Start supervisord in the background and wait until it listens. It starts no service yet.

    Raises:
        LocalError: it refused its configuration, or was silent for 10 s.
    """
    daemon = [sys.executable, "-m", "supervisor.supervisord", "-c", str(home.config)]
    # a session of its own: the Ctrl-C of a terminal is for us, who then stop the services in order
    done = subprocess.run(
        daemon,
        cwd=home.root,
        env={**environment, MARK: str(home.root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    supervisor = Supervisor(home.socket)
    give_up_s = time.monotonic() + ANSWER_WITHIN_S
    while not supervisor.is_running():
        if done.returncode != 0 or time.monotonic() > give_up_s:
            raise LocalError(f"supervisord did not start: {_reason(done.stdout + done.stderr, home)}")
        time.sleep(0.05)
    return supervisor


@dataclass(frozen=True, slots=True)
class ProcessState:
    """Supervisor's state of one service."""

    state: str  # supervisor's word: RUNNING, STOPPED, ...
    pid: int  # 0 when there is none
    up_s: int


class Supervisor:
    """Calls a supervisord, which may not be running."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def is_running(self) -> bool:
        """Check whether a supervisord answers on the socket."""
        try:
            self._call("getState")
        except LocalError:
            return False
        return True

    def states(self) -> dict[str, ProcessState]:
        """Return every configured service by name."""
        infos = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return {
            info["name"]: ProcessState(info["statename"], info["pid"], max(0, info["now"] - info["start"]))
            for info in infos
        }

    def start(self, name: str) -> None:
        """Start one service; return at once."""
        self._call("startProcess", name, False)

    def stop(self, name: str) -> None:
        """Stop one service; return at once."""
        self._call("stopProcess", name, False)

    def shut_down(self) -> None:
        """End supervisord and what is left under it."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: object) -> object:
        # a connection per call: supervisord may have been restarted in between
        transport = _UnixTransport(self._socket_path)
        try:
            with xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=transport) as proxy:
                return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as failure:
            reason = failure.faultString if isinstance(failure, xmlrpc.client.Fault) else failure
            raise LocalError(f"supervisord did not {method} {arguments[:1] or ''}: {reason}") from failure


class _UnixTransport(xmlrpc.client.Transport):
    """XML-RPC over a Unix socket, with a bounded wait (supervisor's own transport waits for ever)."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> "_UnixConnection":
        """Connect to the path; kept where `close` looks for it."""
        connection = _UnixConnection(self._path)
        self._connection = host, connection
        return connection


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the path instead of to a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(os.fspath(self._path))


def _reason(said: str, home: Home) -> str:
    """Find the error in supervisord's output, whose last line only says where to find help."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("For help")]
    return lines[-1] if lines else f"see {home.logs / 'supervisord.log'}"
