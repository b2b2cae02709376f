"""The stack of one machine under test: `python -m local` on ports and a state directory of its own."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import httpx

from local.commands import ROOT
from local.home import Home
from local.keys import read_key
from local.ports import LOOPBACK, is_free, pick_free_port
from local.supervision import Supervisor
from tests.processes import OURS

COMMAND_WITHIN_S = 90.0


class StackUnderTest:
    """One state directory with ports of its own, and `python -m local` on it."""

    def __init__(self, home: Path, *, checkout: Path = ROOT) -> None:
        """Args: checkout: whose `python -m local` is run, by the Python in its .venv where it is not ours."""
        ports = {pick_free_port() for _ in range(10)}
        self.gateway_port, self.worker_port, self.brain_port, self.mongodb_port, *_ = ports
        self.home = Home(home)
        self.said = ""  # by the command that brought it up
        self.dashboard = home.parent / "pages"
        self.dashboard.mkdir()
        (self.dashboard / "index.html").write_text("<title>Overview</title>")
        (self.dashboard / ".headers").write_text("X-Content-Type-Options: nosniff\n")
        self._checkout = checkout
        self.wrapper: tuple[str, ...] = ()  # a command that runs the command after it
        self._python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = inherited | {
            "PYTHONPATH": str(checkout / "backend"),
            "SENTINEL_HOME": str(home),
            "GATEWAY_PORT": str(self.gateway_port),
            "GATEWAY_WORKER_PORT": str(self.worker_port),
            "BRAIN_SERVICE_PORT": str(self.brain_port),
            "MONGODB_PORT": str(self.mongodb_port),
            "GATEWAY_DASHBOARD_DIR": str(self.dashboard),  # with it `up` builds none, which takes its time
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Carry out one command; output of both kinds is in `stdout`."""
        return subprocess.run(  # noqa: S603 (our own command)
            [*self.wrapper, self._python, "-m", "local", *arguments],
            cwd=self._checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_WITHIN_S,
            check=False,
        )

    def open(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command and return at once; its output is in `stdout`."""
        return subprocess.Popen(  # noqa: S603 (our own command)
            [self._python, "-m", "local", *arguments],
            cwd=self._checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def pid_of(self, name: str) -> int:
        """The process id of a service, 0 when it has none."""
        return Supervisor(self.home.socket).states()[name].pid

    @property
    def headers(self) -> dict[str, str]:
        """What lets its own tools in."""
        return {"X-API-Key": read_key(self.home.keys / "tools.key")}

    def post(self) -> httpx.Response:
        """The README's transaction, with an id of its own."""
        return httpx.post(
            f"http://{LOOPBACK}:{self.gateway_port}/transaction",
            json={
                "transaction_id": f"txn_{secrets.token_hex(6)}",
                "amount": 150.50,
                "currency": "USD",
                "user_id": "user_123",
            },
            timeout=5,
            trust_env=False,
        )

    def ports_are_free(self) -> bool:
        """Whether nothing of the stack listens any more."""
        return all(is_free(port) for port in (self.gateway_port, self.worker_port, self.brain_port, self.mongodb_port))
