"""Reads the settings of the stack on one machine from the environment, once per command."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.commands import ROOT
from local.errors import LocalError
from local.ports import LOOPBACK, at

# The demo that the README promises: one scoring in ten is slow, and nobody waits for it.
DEMO_FAULTS = {"BRAIN_FAULT_LATENCY_RATE": "0.1", "BRAIN_FAULT_LATENCY_S": "2"}
# Drills on the running stack, which listens on this machine only.
DRILLS = {"BRAIN_FAULT_CONTROL": "true", "GATEWAY_FAULT_CONTROL": "true"}
YES = frozenset({"1", "true", "t", "yes", "y", "on"})  # as the services read it


@dataclass(frozen=True, slots=True)
class Settings:
    """Where state goes and which ports are used; `mongodb_port` is None when MONGODB_URL is set."""

    home: Path
    gateway_port: int
    worker_port: int
    brain_port: int
    mongodb_port: int | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Raises LocalError when a port is no port."""
        ours = not environment.get("MONGODB_URL")
        return cls(
            home=Path(environment.get("SENTINEL_HOME") or ROOT / ".sentinel").resolve(),  # one home, one name
            gateway_port=_port(environment, "GATEWAY_PORT", 8000),
            worker_port=_port(environment, "GATEWAY_WORKER_PORT", 8010),
            brain_port=_port(environment, "BRAIN_SERVICE_PORT", 50051),
            mongodb_port=_port(environment, "MONGODB_PORT", 27017) if ours else None,
        )

    @property
    def tools_key(self) -> Path:
        """The key of an admin, for the tools of this machine: faults, drills, replays."""
        return self.home / "keys" / "tools.key"

    def service_environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """
        What the services find in their environment: the person's, with the addresses of this stack.

        It is handed over by inheritance and never written to a file: MONGODB_URL may hold a password.
        """
        mongodb = {} if self.mongodb_port is None else {"MONGODB_URL": f"mongodb://{at(self.mongodb_port)}"}
        return {
            **DEMO_FAULTS,
            **DRILLS,
            "GATEWAY_KEY_FILE": str(self.tools_key),
            "GATEWAY_JOURNAL_DIR": str(self.home / "journal"),
            "BRAIN_STATE_DIR": str(self.home / "brain"),
            "GATEWAY_DRAIN_S": "8",  # what stays in the journal is here at the next start: a stop need not wait long
            **environment,
            **mongodb,
            "PYTHONPATH": str(ROOT / "backend"),
            "PYTHONUNBUFFERED": "1",  # a log line is there when it is written, also after a kill
            "GATEWAY_WORKER_HOST": LOOPBACK,
            "GATEWAY_WORKER_PORT": str(self.worker_port),
            "BRAIN_BIND_ADDRESS": LOOPBACK,
            "BRAIN_SERVICE_HOST": LOOPBACK,
            "BRAIN_SERVICE_PORT": str(self.brain_port),
        }


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LocalError(f"{name} is {text!r}: set it to a port between 1 and 65535")
    return int(text)
