"""Real processes for tests: start one, wait until it does its work, hurt it, read what it said."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from local import commands
from local.ports import LOOPBACK, pick_free_port
from local.readiness import answers_ready, brain_is_ready, mongod_is_ready
from tests.callers import asks_for_keys

OURS = ("BRAIN_", "GATEWAY_", "MONGODB_")  # what the person running the tests has set must not reach them
LOG_TAIL_LINES = 40


class ProcessError(AssertionError):
    """A process ended or stayed silent when it should have come up; the message ends with its log."""


class ServiceProcess:
    """
    One operating system process, a context manager: ready inside the block, gone after it.

    Standard output and error are appended to `log_path`, also over restarts. The port stays the same over
    restarts.
    """

    ready_within_s = 120.0  # one that ends is seen at once; one that is slow stands on a busy machine

    def __init__(
        self,
        command: Sequence[str],
        *,
        port: int,
        log_path: Path,
        is_ready: Callable[[], bool],
        environment: Mapping[str, str],
    ) -> None:
        self.port = port
        self.log_path = log_path
        self._command = command
        self._is_ready = is_ready
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self._environment = {**inherited, "PYTHONPATH": str(commands.BACKEND), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id. Raises ProcessError before the first start."""
        return self._started().pid

    @property
    def is_running(self) -> bool:
        """Whether the process has been started and has not ended; a frozen one runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """
        Start the process and wait until it does its work; a restart after `stop` or `kill` likewise.

        Raises:
            ProcessError: it ended, or was not ready in `ready_within_s`. It is then gone.
        """
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the process and return at once, for tests that watch it come up."""
        if self.is_running:
            raise ProcessError(f"{self.log_path.stem} runs already")
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own services)
                self._command,
                cwd=commands.ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        """Wait for a launched process, at most `ready_within_s`. Raises ProcessError, and ends it."""
        deadline_s = time.monotonic() + self.ready_within_s
        while not self._is_ready():
            if not self.is_running or time.monotonic() > deadline_s:
                ended = f"ended with {self.returncode}" if not self.is_running else "was not ready in time"
                self.kill()
                raise ProcessError(f"{self.log_path.stem} {ended}; its log ends with:\n{self.log_tail()}")
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """A signal, and no waiting."""
        self._started().send_signal(number)

    def stop(self, *, within_s: float = 30.0) -> int:
        """SIGTERM, then wait. Returns the exit status; raises ProcessError when it does not end in time."""
        process = self._started()
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ProcessError(
                f"{self.log_path.stem} ran {within_s} s past SIGTERM; its log ends with:\n{self.log_tail()}"
            ) from None

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to finish anything. Nothing happens when it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and the kernel keeps accepting new ones, but nobody answers."""
        self._started().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: undo `freeze`."""
        self._started().send_signal(signal.SIGCONT)

    @property
    def returncode(self) -> int | None:
        """Exit status, negative for a signal; None while running or before the first start."""
        return self._process.poll() if self._process is not None else None

    def log(self) -> str:
        """All that the process wrote so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines that the process wrote."""
        return "\n".join(self.log().splitlines()[-lines:])

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ProcessError(f"{self.log_path.stem} was never started")
        return self._process

    def __enter__(self) -> Self:
        """Start it and wait until it is ready."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it whatever state it is in: SIGKILL also ends a frozen process."""
        self.kill()


class MongodProcess(ServiceProcess):
    """A mongod of its own; data survives `kill` and `start`."""

    def __init__(
        self,
        binary: Path,
        directory: Path,
        *,
        data: Path | None = None,
        port: int | None = None,
        options: Sequence[str] = (),
    ) -> None:
        """
        Args:
            binary: From `local.mongod.ensure`.
            directory: For the log, and for data where `data` does not say another. Both exist.
            options: Beside ours.
        """
        port = port or pick_free_port()
        data_dir = (data or directory) / f"mongod-{port}"
        data_dir.mkdir(exist_ok=True)
        super().__init__(
            [*commands.mongod(binary, port=port, data_dir=data_dir), *options],
            port=port,
            log_path=directory / f"mongod-{port}.log",
            is_ready=partial(mongod_is_ready, port),
            environment={},
        )

    @property
    def url(self) -> str:
        """What MONGODB_URL must say."""
        return f"mongodb://{LOOPBACK}:{self.port}"


class BrainProcess(ServiceProcess):
    """`python -m brain.main` on 127.0.0.1; faults are off unless `environment` turns them on."""

    def __init__(
        self,
        directory: Path,
        *,
        mongodb_url: str,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args: directory: existing, for the log; environment: on top of ours, such as `fresh_databases`.

        GATEWAY_ names in it are left out, so that one mapping serves both services.
        """
        port = port or pick_free_port()
        super().__init__(
            commands.brain(),
            port=port,
            log_path=directory / f"brain-{port}.log",
            is_ready=partial(brain_is_ready, port),
            environment={
                "BRAIN_BIND_ADDRESS": LOOPBACK,
                "BRAIN_SERVICE_PORT": str(port),
                "BRAIN_HISTORY_MIB": "8",
                "MONGODB_URL": mongodb_url,
                **_without("GATEWAY_", environment),
            },
        )


class GatewayProcess(ServiceProcess):
    """`uvicorn gateway.main:app` on 127.0.0.1; the brain it is told of need not run."""

    def __init__(
        self,
        directory: Path,
        *,
        mongodb_url: str,
        brain_port: int,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        files_max: int | None = None,
    ) -> None:
        """
        Args: directory: existing, for the log; environment: on top of ours, such as `fresh_databases`; options: more
        of uvicorn's, such as `--workers 2`; files_max: as `ulimit -n` sets it.

        BRAIN_ names in it are left out, so that one mapping serves both services.
        """
        port = port or pick_free_port()
        limited = () if files_max is None else ("sh", "-c", 'ulimit -n "$0" && exec "$@"', str(files_max))
        super().__init__(
            [*limited, *commands.gateway(port=port), *options],
            port=port,
            log_path=directory / f"gateway-{port}.log",
            is_ready=partial(answers_ready, port),
            environment={
                "GATEWAY_JOURNAL_DIR": str(directory / f"journal-{port}"),
                **asks_for_keys(directory),
                **_without("BRAIN_", environment),
                "BRAIN_SERVICE_HOST": LOOPBACK,
                "BRAIN_SERVICE_PORT": str(brain_port),
                "MONGODB_URL": mongodb_url,
            },
        )

    @property
    def url(self) -> str:
        """Where its REST API is, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"


class WorkerProcess(ServiceProcess):
    """`python -m gateway.worker` on the loopback address: re-scores, alerts and sweeps for the gateways of a test."""

    def __init__(
        self,
        directory: Path,
        *,
        mongodb_url: str,
        brain_port: int,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Args: as for `GatewayProcess`."""
        port = pick_free_port()
        super().__init__(
            commands.worker(),
            port=port,
            log_path=directory / f"worker-{port}.log",
            is_ready=partial(answers_ready, port),
            environment={
                **asks_for_keys(directory),
                **_without("BRAIN_", environment),
                "GATEWAY_WORKER_HOST": LOOPBACK,
                "GATEWAY_WORKER_PORT": str(port),
                "BRAIN_SERVICE_HOST": LOOPBACK,
                "BRAIN_SERVICE_PORT": str(brain_port),
                "MONGODB_URL": mongodb_url,
            },
        )


def _without(prefix: str, environment: Mapping[str, str] | None) -> dict[str, str]:
    return {name: value for name, value in (environment or {}).items() if not name.startswith(prefix)}
