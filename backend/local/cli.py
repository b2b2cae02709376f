"""Implements the commands of `./setup.sh`, a function each: stack.py does the work, this module prints."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from local import dashboard, mongod
from local.arguments import parse
from local.errors import LocalError
from local.foreground import Ended, ignore_signals, raise_on_signals, watch
from local.logs import follow, last_lines
from local.ports import at
from local.settings import DRILLS, YES, Settings
from local.stack import Stack

LOG_LINES = 50
ORPHANED = "supervisord was killed: ./setup.sh up starts afresh, ./setup.sh down stops what it left behind"
NOT_ALL_READY = 3  # exit status of `status`, the one that init scripts use for "not running"


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; a problem is one line on standard error."""
    options = parse(arguments)
    try:
        stack = Stack(Settings.from_environment(os.environ), say=say)
        return COMMANDS[options.command](stack, options)
    except LocalError as error:
        print(f"setup.sh: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Ended):
        return 130


def say(line: str) -> None:
    """
    One line for the person at the terminal, at once.

    A closed terminal or pipe is no reason to fail: a stack that is being stopped must still be stopped.
    """
    try:
        print(line, flush=True)
    except OSError:
        _discard_output()


def _prepare(stack: Stack, _options: Namespace) -> int:
    if stack.settings.mongodb_port is not None:
        say(f"mongod: {mongod.ensure(say)}")
    return 0


def _up(stack: Stack, options: Namespace) -> int:
    raise_on_signals()
    is_ours = False
    try:
        with stack.home.locked(say):
            is_ours = not stack.is_up()
            if is_ours:
                say(f"Starting Sentinel (its state is in {stack.home.root})")
                _say_faults(stack)
            changed = stack.bring_up(os.environ)
        say("Sentinel is up" if changed else "Sentinel is already up")
        _say_addresses(stack)
        _bring_dashboard(stack)
        if is_ours and not options.detach:
            say("Ctrl-C stops it. Try ./setup.sh stop brain in another terminal.")
            watch(stack, say=say)
            with stack.home.locked(say):
                stack.end_orphans()  # its supervisord may have been killed
    except Ended:
        if not is_ours:
            raise
        ignore_signals()
        say("Stopping Sentinel")
        with stack.home.locked(say):
            stack.take_down()
        say("Sentinel is down; its data stays")
    return 0


def _down(stack: Stack, options: Namespace) -> int:
    with stack.home.locked(say):
        was_up = stack.take_down()
        say("Sentinel is down" if was_up else "Sentinel is not running")
        if options.volumes:
            stack.home.delete_data()
            say("its data and logs are deleted")
    return 0


def _start(stack: Stack, options: Namespace) -> int:
    with stack.home.locked(say):
        _require_up(stack)
        if not stack.start(_chosen(stack, options)):
            say("nothing to do: it runs already")
    return 0


def _stop(stack: Stack, options: Namespace) -> int:
    with stack.home.locked(say):
        _require_no_orphans(stack)
        if not (stack.is_up() and stack.stop(_chosen(stack, options))):
            say("nothing to do: it is not running")
    return 0


def _restart(stack: Stack, options: Namespace) -> int:
    with stack.home.locked(say):
        _require_up(stack)
        stack.check_version(_chosen(stack, options))  # before anything is stopped
        stack.stop(_chosen(stack, options))
        stack.start(_chosen(stack, options))
    return 0


def _status(stack: Stack, _options: Namespace) -> int:
    if not stack.is_up():
        for orphan in stack.orphans():
            say(f"{orphan.name:8} left behind  pid {orphan.pid}")
        if stack.orphans():
            say(ORPHANED)
        else:
            say("Sentinel is not running: ./setup.sh up starts it")
        return NOT_ALL_READY
    statuses = stack.statuses()
    for each in statuses:
        word = "ready" if each.is_ready else each.process.state.lower()
        since = f"pid {each.process.pid}, up {each.process.up_s} s" if each.process.pid else ""
        say(f"{each.service.name:8} {word:9} {at(each.service.port):16} {since}".rstrip())
    if stack.settings.mongodb_port is None:
        say("db       elsewhere: MONGODB_URL was set")
    return 0 if all(each.is_ready for each in statuses) else NOT_ALL_READY


def _logs(stack: Stack, options: Namespace) -> int:
    paths = {name: stack.log_file(name) for name in _chosen(stack, options)}
    label = "{name:8} | {line}" if len(paths) > 1 else "{line}"
    try:
        for name, path in paths.items():
            for line in last_lines(path, LOG_LINES):
                print(label.format(name=name, line=line))
        for name, line in follow(paths) if options.follow else ():
            print(label.format(name=name, line=line), flush=True)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: `./setup.sh logs | head`
        _discard_output()
    return 0


COMMANDS: dict[str, Callable[[Stack, Namespace], int]] = {
    "prepare": _prepare,
    "up": _up,
    "down": _down,
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "status": _status,
    "logs": _logs,
}


def _discard_output() -> None:
    # Python's own flush at exit would otherwise complain once more
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _chosen(stack: Stack, options: Namespace) -> list[str]:
    return options.services or [service.name for service in stack.parts()]


def _require_no_orphans(stack: Stack) -> None:
    if stack.orphans():
        raise LocalError(ORPHANED)


def _require_up(stack: Stack) -> None:
    _require_no_orphans(stack)
    if not stack.is_up():
        raise LocalError("Sentinel is not up: run ./setup.sh up --detach first")


def _say_addresses(stack: Stack) -> None:
    settings = stack.settings
    say(f"  REST API   http://localhost:{settings.gateway_port}")
    say(f"  API docs   http://localhost:{settings.gateway_port}/docs")
    say(f"  brain      localhost:{settings.brain_port} (gRPC)")
    if settings.mongodb_port is not None:
        say(f"  MongoDB    localhost:{settings.mongodb_port}")


def _bring_dashboard(stack: Stack) -> None:
    # last: a build is slow, verdicts do not need it, and the gateway finds a later one
    named = os.environ.get("GATEWAY_DASHBOARD_DIR")  # another build, if it is set
    if not named:
        dashboard.bring(say=say)
    if dashboard.is_built(Path(named or dashboard.SOURCE / "out")):
        say(f"  dashboard  http://localhost:{stack.settings.gateway_port}/dashboard/")


def _say_faults(stack: Stack) -> None:
    environment = stack.settings.service_environment(os.environ)
    rate, latency_s = environment["BRAIN_FAULT_LATENCY_RATE"], environment["BRAIN_FAULT_LATENCY_S"]
    if rate not in {"0", "0.0"}:
        say(f"demo faults are on: each scoring takes {latency_s} s with probability {rate}")
        say("  (BRAIN_FAULT_LATENCY_RATE=0 turns them off)")
    if all(environment[name].lower() in YES for name in DRILLS):
        say("faults can be switched while it runs: PUT /faults (GATEWAY_FAULT_CONTROL=false forbids it)")
