"""The four that are measured side by side, each with processes of its own: started once, and idle between its turns."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.load.audit import RecordedIn
from local import commands, mongod
from local.ports import accepts_connections, pick_free_port
from local.readiness import answers_ready
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, ServiceProcess, WorkerProcess

RAW, ECHO, NAIVE, SENTINEL = "raw", "echo", "naive", "sentinel"


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    What answers POST /transaction.

    Attributes:
        processes: Whose CPU time its answers cost, by name; the first one listens on `port`.
        ledger: Where each of its verdicts has to be afterwards; None: it keeps none.
    """

    name: str
    port: int
    processes: Mapping[str, ServiceProcess]
    ledger: RecordedIn | None = None


@contextmanager
def running(directory: Path, *names: str) -> Iterator[list[Candidate]]:
    """Start these candidates, and end them. `directory` exists, for data and logs."""
    starts: dict[str, Callable[[Path], AbstractContextManager[Candidate]]] = {
        RAW: partial(_echo, "raw"),
        ECHO: partial(_echo, "app"),
        NAIVE: _naive,
        SENTINEL: sentinel,
    }
    with ExitStack() as stack:
        yield [stack.enter_context(starts[name](directory)) for name in names]


@contextmanager
def _echo(which: str, directory: Path) -> Iterator[Candidate]:
    with _uvicorn(f"benchmarks.echo:{which}", directory, {}) as process:
        yield Candidate(RAW if which == "raw" else ECHO, process.port, {"gateway": process})


@contextmanager
def _naive(directory: Path) -> Iterator[Candidate]:
    port = pick_free_port()
    with MongodProcess(mongod.ensure(), directory) as db:
        environment = {"MONGODB_URL": db.url, "BRAIN_SERVICE_PORT": str(port)}
        brain = ServiceProcess(
            [sys.executable, "-m", "benchmarks.naive.brain"],
            port=port,
            log_path=directory / f"naive-brain-{port}.log",
            is_ready=partial(accepts_connections, port),
            environment=environment,
        )
        with brain, _uvicorn("benchmarks.naive.gateway:app", directory, environment) as gateway:
            ledger = RecordedIn(db.url, database="naive", id_field="_id")
            yield Candidate(NAIVE, gateway.port, {"gateway": gateway, "brain": brain, "mongod": db}, ledger)


@contextmanager
def sentinel(directory: Path, environment: Mapping[str, str] | None = None) -> Iterator[Candidate]:
    """Start Sentinel as `./setup.sh up` does, but without injected faults; `environment` changes settings."""
    with (
        MongodProcess(mongod.ensure(), directory) as db,
        BrainProcess(directory, mongodb_url=db.url, environment=environment) as brain,
        GatewayProcess(directory, mongodb_url=db.url, brain_port=brain.port, environment=environment) as gateway,
        WorkerProcess(directory, mongodb_url=db.url, brain_port=brain.port, environment=environment) as worker,
    ):
        processes = {"gateway": gateway, "brain": brain, "mongod": db, "worker": worker}
        yield Candidate(SENTINEL, gateway.port, processes, RecordedIn(db.url, database="fraud_ledger"))


def _uvicorn(application: str, directory: Path, environment: Mapping[str, str]) -> ServiceProcess:
    """Make a process with the options that the gateway's uvicorn has."""
    port = pick_free_port()
    command = [application if part == "gateway.main:app" else part for part in commands.gateway(port=port)]
    return ServiceProcess(
        command,
        port=port,
        log_path=directory / f"{application.replace(':', '-')}-{port}.log",
        is_ready=partial(answers_ready, port),
        environment=environment,
    )
