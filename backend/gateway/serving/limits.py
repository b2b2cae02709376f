"""What one client may take from the others, in bytes, seconds and connections."""

import resource
from dataclasses import dataclass
from pathlib import Path

import structlog

from gateway.settings import Settings

_log = structlog.get_logger()
_OWN_FILES_SPARE = 48  # motor's 16 threads, 10 webhooks, streams to new brains, SQLite's files: measured 20 under load
_OWN_FILES = Path("/proc/self/fd")
_CONNECTIONS_MIN = 8  # with fewer file descriptors than that nothing works anyway


@dataclass(frozen=True, slots=True)
class Limits:
    """Of each connection, except `connections_max`, which is of one process."""

    connections_max: int = 2_048  # 64 kB each while a head and a body arrive: 128 MB at the worst
    idle_s: float = 75.0  # balancers keep their connections for 60 s: they have to be the first to close
    head_s: float = 10.0  # from its first byte to its last
    linger_s: float = 2.0  # a refused client gets this long to stop sending and read why
    drain_s: float = 2.0  # a connection that is idle at a stop gets this long to bring one more request
    head_bytes_max: int = 32 * 1024  # the request line included; also of what frames a body (chunk sizes, trailers)
    fields_max: int = 256  # a field of 2 bytes costs 130 as Python objects

    @property
    def body_s(self) -> float:
        """For bodies that no route reads. Longer than the routes wait, which answer 408 after 10 s."""
        return 1.5 * self.head_s


def limits_of(settings: Settings) -> Limits:
    """What the operator allows, and this process has file descriptors for."""
    return Limits(
        connections_max=connections_that_fit(settings.connections_max),
        idle_s=settings.keep_alive_s,
        head_s=settings.head_s,
    )


def connections_that_fit(wanted: int) -> int:
    """
    How many clients this process has file descriptors for, at most `wanted`.

    Raises the soft limit as far as the hard one allows. Past the limit accept() fails, and nobody at all is answered.
    """
    own = len(list(_OWN_FILES.iterdir())) if _OWN_FILES.is_dir() else _OWN_FILES_SPARE
    needed = own + _OWN_FILES_SPARE + wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    fit = max(_CONNECTIONS_MIN, soft - own - _OWN_FILES_SPARE)
    _log.warning("connections.few", connections_max=fit, wanted=wanted, files_max=soft, advice="raise `ulimit -n`")
    return fit
