"""
Finds processes of a stack whose supervisord was killed, which stops none of them.

They are known by a mark in the environment that they inherited from it, so a person's own processes are never taken
for ours.
"""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from local.services import NAMES

MARK = "SENTINEL_STACK"  # set for supervisord and all below it: the state directory
SUPERVISORD = "supervisord"
_NAME = b"SUPERVISOR_PROCESS_NAME="  # set by supervisord
_IN_ORDER = (SUPERVISORD, *reversed(NAMES))  # supervisord first, or it would start the others again


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process without supervisor. `name` is its service's, or "supervisord" for one that does not answer."""

    name: str
    pid: int

    def ask_to_end(self) -> None:
        """Send SIGTERM; or SIGKILL to a supervisord that does not answer, which would not pass SIGTERM on."""
        self._signal(signal.SIGKILL if self.name == SUPERVISORD else signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(self.pid, number)


def find_orphans(home: Path) -> list[Orphan]:
    """Find those of this state directory, in the order of stopping. Call it only when no supervisord answers."""
    mark = os.fsencode(f"{MARK}={home}")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # another user's, or gone
            continue
        if mark in environment:
            names = [os.fsdecode(line.partition(b"=")[2]) for line in environment if line.startswith(_NAME)]
            found.append(Orphan(names[0] if names else SUPERVISORD, int(entry.name)))
    return sorted(found, key=lambda orphan: _IN_ORDER.index(orphan.name))
