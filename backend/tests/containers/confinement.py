"""What a running container may do, asked from inside it: not what a file says that it should be."""

from collections.abc import Callable
from dataclasses import dataclass

Execute = Callable[..., str]  # a command's arguments -> its standard output


@dataclass(frozen=True, slots=True)
class Confinement:
    """Of the container's first process, and of its root file system."""

    uid: int
    capabilities: int  # the bounding set: what it could ever get
    may_gain_privileges: bool
    may_write_root: bool


def confinement(execute: Execute) -> Confinement:
    """Args: execute: runs a command inside the container, such as `execute("id", "-u")`."""
    lines = execute("cat", "/proc/1/status").splitlines()
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    mounts = [line.split() for line in execute("cat", "/proc/mounts").splitlines()]
    root_options = next(options for _, place, _, options, *_ in mounts if place == "/")
    return Confinement(
        uid=int(status["Uid"].split()[0]),
        capabilities=int(status["CapBnd"], 16),
        may_gain_privileges=status["NoNewPrivs"].strip() != "1",
        may_write_root="ro" not in root_options.split(","),
    )


def confined(uid: int) -> Confinement:
    """What we ask of every container."""
    return Confinement(uid=uid, capabilities=0, may_gain_privileges=False, may_write_root=False)
