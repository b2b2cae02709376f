"""The container engine of this machine, asked through its own command line."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from local.commands import ROOT

ANSWERS_WITHIN_S = 10.0
COMMAND_WITHIN_S = 900.0  # a first build downloads every package


class EngineError(AssertionError):
    """A command failed; the message is the command and what it said."""


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    within_s: float = COMMAND_WITHIN_S,
) -> str:
    """
    Run a command in the checkout. Returns its standard output.

    Args:
        environment: instead of ours.
        stdin: what it reads.
        within_s: after this long it is ended.

    Raises:
        EngineError: it failed, or did not end in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 (the engine's own client)
            command,
            cwd=ROOT,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise EngineError(f"{' '.join(command)}\n{error.stdout}{error.stderr}") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"{' '.join(command)} did not end within {within_s:.0f} s") from None
    return done.stdout


def answers(command: Sequence[str]) -> bool:
    """Whether this command is there and succeeds."""
    try:
        run(command, within_s=ANSWERS_WITHIN_S)
    except (OSError, EngineError):
        return False
    return True


def find_compose() -> list[str] | None:
    """`docker compose` or `docker-compose`, whichever is there and finds an engine; None when neither does."""
    if not answers(["docker", "version"]):
        return None
    candidates = (["docker", "compose"], ["docker-compose"])
    return next((command for command in candidates if answers([*command, "version"])), None)


def inspect(name: str) -> dict[str, Any]:
    """What the engine knows of one container or image. Raises EngineError when there is none."""
    found: list[dict[str, Any]] = json.loads(run(["docker", "inspect", name]))
    return found[0]


def execute(container: str, *command: str) -> str:
    """Run a command inside a container. Raises EngineError when it fails."""
    return run(["docker", "exec", container, *command])
