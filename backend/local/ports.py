"""Checks TCP ports of this machine: which answer, and which are free."""

import random
import socket
from contextlib import suppress

IPV4, IPV6 = "127.0.0.1", "::1"


def _find_loopback() -> str:
    for address, family in ((IPV4, socket.AF_INET), (IPV6, socket.AF_INET6)):
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
            return address
    return IPV4  # with neither, the services give the best error


LOOPBACK = _find_loopback()  # IPv6 only on a machine without IPv4


def at(port: int) -> str:
    """Format the address of this port on this machine, as in URLs."""
    return f"[{LOOPBACK}]:{port}" if LOOPBACK == IPV6 else f"{LOOPBACK}:{port}"


def is_free(port: int) -> bool:
    """Check whether a service could listen on this port of the loopback address now."""
    family = socket.AF_INET6 if LOOPBACK == IPV6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as servers do it: connections that merely linger after a stop do not make a port busy
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def accepts_connections(port: int, *, timeout_s: float = 0.5) -> bool:
    """Check whether a process on the loopback address accepts a connection on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s):
            return True
    except OSError:
        return False


def pick_free_port() -> int:
    """
    Pick a random port that is free now.

    It lies below 32768, where Linux starts to hand out ports to outgoing connections: a free one from above
    could be taken by any client before our service listens on it.

    Raises:
        RuntimeError: a hundred tries in a row met a busy port.
    """
    for _ in range(100):
        port = random.randint(20_000, 32_000)  # noqa: S311 (randomness keeps test runs apart; it is no secret)
        if is_free(port):
            return port
    raise RuntimeError("no free port between 20000 and 32000 in 100 tries")
