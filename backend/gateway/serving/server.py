"""Makes uvicorn serve with our protocol and stop without losing a request, however it was started."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import structlog
from uvicorn import Server
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gateway.serving.connections import Connections
from gateway.serving.protocol import GatewayProtocol

_log = structlog.get_logger()
ONE_PROCESS = "one gateway is one process: for more, run a second gateway with a GATEWAY_JOURNAL_DIR of its own"
_STARTUP_FAILURE = 3  # uvicorn's supervisor ends at this status, and starts a worker again at any other
_STOP_S = 5  # where no --timeout-graceful-shutdown says so: a client must not hold up a stop for ever


def install(connections: Connections) -> None:
    """
    Bound what clients may take of this process. To be called before the server listens: in the lifespan.

    A flag of the command line would bound only those who know it, and `uvicorn gateway.main:app` is what the README
    says. Under another server nothing is bounded, and the log says so.
    """
    server = _running_server()
    if server is None:
        _log.warning("connections.unbounded", advice="serve with uvicorn, or let a proxy in front keep the bounds")
        return
    config = server.config
    make_protocol = partial(GatewayProtocol, connections=connections)
    config.http_protocol_class = make_protocol  # type: ignore[assignment]
    if config.timeout_graceful_shutdown is None:
        config.timeout_graceful_shutdown = _STOP_S
    if isinstance(config.loaded_app, ProxyHeadersMiddleware):  # it believes whoever is on this machine
        config.loaded_app = config.loaded_app.app
    stop = server.shutdown

    async def shutdown(sockets: list[socket.socket] | None = None) -> None:
        connections.is_stopping = True
        await _answer_who_has_come(server, make_protocol)
        await stop(sockets)

    server.shutdown = shutdown  # type: ignore[method-assign]


def refuse_workers() -> None:
    """
    End a worker of a uvicorn with several of them (`--workers 2`, WEB_CONCURRENCY), before it does anything.

    Raises:
        SystemExit: with one line; uvicorn's supervisor then ends, too.
    """
    server = _running_server()
    if server is not None and server.config.workers > 1 and not server.config.reload:
        sys.stderr.write(f"{server.config.workers} workers are refused, {ONE_PROCESS}\n")
        raise SystemExit(_STARTUP_FAILURE)


def _running_server() -> Server | None:
    """uvicorn tells an application nothing of itself, but its handler of SIGTERM is a method of its server."""
    owner = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return owner if isinstance(owner, Server) else None


async def _answer_who_has_come(server: Server, make_protocol: Callable[..., GatewayProtocol]) -> None:
    """
    Close the ports, and let in who has connected before.

    The kernel resets what nobody has accepted when the last descriptor of a port is closed, and those clients may have
    sent their requests: with a second descriptor they can be accepted after uvicorn has let go of the first.
    """
    loop = asyncio.get_running_loop()
    ports = _second_descriptors(server)
    for port in server.servers:
        port.close()
    make = partial(
        make_protocol,
        config=server.config,
        server_state=server.server_state,
        app_state=server.lifespan.state,
        _loop=loop,
    )
    waiting = [connection for port in ports for connection in _accept_all(port)]
    for connection in waiting:
        with suppress(OSError):  # it has hung up
            await loop.connect_accepted_socket(make, connection, ssl=server.config.ssl)


def _second_descriptors(server: Server) -> Sequence[socket.socket]:
    ports = []
    for listener in server.servers:
        for port in listener.sockets:
            with suppress(OSError):  # no descriptors left: some may be lost then
                ports.append(socket.socket(fileno=os.dup(port.fileno())))
    return ports


def _accept_all(port: socket.socket) -> Sequence[socket.socket]:
    accepted = []
    with port:
        while True:
            try:
                accepted.append(port.accept()[0])
            except OSError:  # BlockingIOError: that was all
                return accepted
