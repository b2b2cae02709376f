"""Lists the services of the stack: how each starts, how it shows that it is ready, and how long it may take to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local import commands
from local.readiness import answers_ready, brain_is_ready, mongod_is_ready
from local.settings import Settings

NAMES = ("db", "brain", "gateway", "worker")  # in the order of starting; stopped in reverse


@dataclass(frozen=True, slots=True)
class Service:
    """One process under supervisor."""

    name: str
    port: int
    port_variable: str  # the environment variable that moves it
    command: list[str]
    stop_wait_s: int  # between SIGTERM and SIGKILL
    is_ready: Callable[[], bool]


def services(settings: Settings, *, mongod_binary: Path | None, data_dir: Path) -> list[Service]:
    """
    What this stack consists of, in the order of starting.

    Args:
        mongod_binary: Needed only to write the configuration; None when the stack is merely asked about.
        data_dir: mongod's.
    """
    brain = Service(
        name="brain",
        port=settings.brain_port,
        port_variable="BRAIN_SERVICE_PORT",
        command=commands.brain(),
        stop_wait_s=10,  # it drains for 5 s at most
        is_ready=partial(brain_is_ready, settings.brain_port),
    )
    gateway = Service(
        name="gateway",
        port=settings.gateway_port,
        port_variable="GATEWAY_PORT",
        command=commands.gateway(port=settings.gateway_port),
        stop_wait_s=20,  # requests have 5 s, a ledger that is away 8 s from SIGTERM on (GATEWAY_DRAIN_S), then the rest
        is_ready=partial(answers_ready, settings.gateway_port),
    )
    worker = Service(
        name="worker",
        port=settings.worker_port,
        port_variable="GATEWAY_WORKER_PORT",
        command=commands.worker(),
        stop_wait_s=10,  # webhooks under way have 2 s, and so has MongoDB
        is_ready=partial(answers_ready, settings.worker_port),
    )
    if settings.mongodb_port is None:
        return [brain, gateway, worker]
    db = Service(
        name="db",
        port=settings.mongodb_port,
        port_variable="MONGODB_PORT",
        command=commands.mongod(mongod_binary or Path("mongod"), port=settings.mongodb_port, data_dir=data_dir),
        stop_wait_s=30,  # it writes a checkpoint of up to 0.5 GB of cache
        is_ready=partial(mongod_is_ready, settings.mongodb_port),
    )
    return [db, brain, gateway, worker]
