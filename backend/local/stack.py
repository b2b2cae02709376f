"""Runs the stack as a whole: starts it, ends it, and starts or stops single services."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local import mongod
from local.errors import LocalError
from local.home import Home
from local.keys import make_key
from local.logs import last_lines, size_bytes
from local.orphans import Orphan, find_orphans
from local.ports import at, is_free
from local.services import Service, services
from local.settings import Settings
from local.supervision import GIVEN_UP, RUNNING, ProcessState, Supervisor, launch, write_config

READY_WITHIN_S = 60.0  # mongod replays its journal after a crash
PATIENCE_S = 5.0  # after it, a line says what is awaited
LOG_LINES_SHOWN = 15

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The state of one service as `status` shows it."""

    service: Service
    process: ProcessState
    is_ready: bool


class Stack:
    """Runs the services of one state directory. Commands that change something hold `home.locked`."""

    def __init__(self, settings: Settings, *, say: Say) -> None:
        self.home = Home(settings.home)
        self._supervisor = Supervisor(self.home.socket)
        self._say = say
        self._asked_for = settings

    @property
    def settings(self) -> Settings:
        """The settings of the running stack, or those of the next start."""
        return self.home.recall(self._asked_for) if self.is_up() else self._asked_for

    def is_up(self) -> bool:
        """Whether supervisord runs, with or without services."""
        return self._supervisor.is_running()

    def bring_up(self, environment: Mapping[str, str]) -> bool:
        """
        Start everything that does not run, and wait until it is ready.

        Returns:
            False when there was nothing to do.

        Raises:
            LocalError: no mongod, a busy port, or a service that does not come up; what this call
                started is stopped again.
        """
        if self.is_up():
            return self.start([service.name for service in self.parts()])
        if self.end_orphans():
            self._say("they were left behind by a supervisord that was killed")
        settings = self._asked_for
        binary = mongod.ensure(self._say) if settings.mongodb_port is not None else None
        parts = services(settings, mongod_binary=binary, data_dir=self.home.data)
        for service in parts:
            _check_port(service)
        self.home.prepare()
        make_key(settings.tools_key)
        write_config(self.home, parts)
        self.home.remember(settings)
        launch(self.home, settings.service_environment(environment))
        try:
            self.start([service.name for service in parts])
        except LocalError:
            self.take_down()
            raise
        return True

    def take_down(self) -> bool:
        """Stop every service and supervisord; data stays. Returns False when nothing ran."""
        if not self.is_up():
            return self.end_orphans()
        self.stop([service.name for service in self.parts()])
        self._supervisor.shut_down()
        _wait(lambda: not self.is_up() and not self.home.pidfile.exists(), within_s=10, what="supervisord's end")
        self.home.forget_socket()
        return True

    def orphans(self) -> list[Orphan]:
        """Find what a killed supervisord has left running, in the order of stopping."""
        return [] if self.is_up() else find_orphans(self.home.root)

    def end_orphans(self) -> bool:
        """Stop what a killed supervisord has left running. Returns False when there is nothing."""
        stop_wait_s = {service.name: service.stop_wait_s for service in self.parts()}
        found = self.orphans()
        for orphan in found:
            orphan.ask_to_end()
            give_up_s = time.monotonic() + stop_wait_s.get(orphan.name, 1)
            while orphan in self.orphans():
                if time.monotonic() > give_up_s:
                    orphan.kill()
                time.sleep(0.05)
            self._say(f"{orphan.name:8} stopped (pid {orphan.pid})")
        return bool(found)

    def start(self, names: Sequence[str]) -> bool:
        """
        Start these services, each ready before the next begins. Returns False when all of them ran.

        Raises:
            LocalError: a port is busy, a service does not come up (then the end of its log is said first), or
                supervisord was started by a version that had no such service. Nothing is started then.
        """
        started = False
        self.check_version(names)
        for service in self.parts(names):
            if self._supervisor.states()[service.name].state in RUNNING:
                self._await_ready(service, log_from_byte=0)
                continue
            _check_port(service)
            log_from_byte = size_bytes(self.log_file(service.name))
            self._supervisor.start(service.name)
            took_s = self._await_ready(service, log_from_byte=log_from_byte)
            self._say(f"{service.name:8} ready on {at(service.port)} after {took_s:.1f} s")
            started = True
        return started

    def stop(self, names: Sequence[str]) -> bool:
        """Stop these services, last started first; they stay stopped. Returns False when none of them ran."""
        stopped = False
        for service in reversed(self.parts(names)):
            state = self._supervisor.states().get(service.name)  # None: an older version started supervisord
            if state is None or state.state not in RUNNING:
                continue
            self._supervisor.stop(service.name)
            _wait(
                partial(self._has_ended, service.name),
                within_s=service.stop_wait_s + 5,
                what=f"{service.name}'s end",
            )
            self._say(f"{service.name:8} stopped")
            stopped = True
        return stopped

    def check_version(self, names: Sequence[str]) -> None:
        """Raises LocalError when supervisord was started by a version that lacks one of these services."""
        if missing := {service.name for service in self.parts(names)} - self._supervisor.states().keys():
            raise LocalError(
                f"what runs is of an older version, without {', '.join(sorted(missing))}: run ./setup.sh down, then up"
            )

    def processes(self) -> dict[str, ProcessState]:
        """Return supervisor's state of every service, by name, without asking the services. Raises LocalError."""
        return self._supervisor.states()

    def statuses(self) -> list[ServiceStatus]:
        """Return supervisor's state of every service, and whether it is ready."""
        states = self._supervisor.states()
        return [
            ServiceStatus(service, state, is_ready=state.state in RUNNING and service.is_ready())
            for service in self.parts()
            if (state := states.get(service.name))
        ]

    def parts(self, names: Sequence[str] | None = None) -> list[Service]:
        """
        The services of this stack, all or those named, in the order of starting.

        Raises:
            LocalError: `db` was named, but MONGODB_URL says that it is not ours.
        """
        every = services(self.settings, mongod_binary=None, data_dir=self.home.data)
        if names is None:
            return every
        if unknown := set(names) - {service.name for service in every}:
            raise LocalError(f"{', '.join(unknown)} is not run from here: MONGODB_URL names another MongoDB")
        return [service for service in every if service.name in names]

    def log_file(self, name: str) -> Path:
        """Return the log file of a service."""
        return self.home.logs / f"{name}.log"

    def _has_ended(self, name: str) -> bool:
        return self._supervisor.states()[name].state in GIVEN_UP

    def _await_ready(self, service: Service, *, log_from_byte: int) -> float:
        begun_s = time.monotonic()
        is_announced = False
        while not service.is_ready():
            waited_s = time.monotonic() - begun_s
            state = self._supervisor.states()[service.name].state
            if state in GIVEN_UP or waited_s > READY_WITHIN_S:
                log = self.log_file(service.name)
                for line in last_lines(log, LOG_LINES_SHOWN, from_byte=log_from_byte):
                    self._say(f"{service.name:8} | {line}")
                raise LocalError(
                    f"{service.name} did not come up ({state.lower()}): its last lines are above, all of them in {log}"
                )
            if waited_s > PATIENCE_S and not is_announced:
                self._say(f"{service.name:8} not ready yet ({state.lower()}): waiting up to {READY_WITHIN_S:.0f} s")
                is_announced = True
            time.sleep(0.05)
        return time.monotonic() - begun_s


def _check_port(service: Service) -> None:
    if not is_free(service.port):
        raise LocalError(
            f"port {service.port} for {service.name} is taken: stop what listens there, "
            f"or set {service.port_variable} to another port"
        )


def _wait(done: Callable[[], bool], *, within_s: float, what: str) -> None:
    give_up_s = time.monotonic() + within_s
    while not done():
        if time.monotonic() > give_up_s:
            raise LocalError(f"waited {within_s:.0f} s for {what} in vain: run ./setup.sh status")
        time.sleep(0.05)
