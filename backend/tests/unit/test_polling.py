"""gRPC polls its sockets in the thread that waits for them, in the gateway and in the brain."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]
NO_EVENT_ENGINE = "-event_engine_client,-event_engine_listener"
CODE = """
import os
import {package}
import grpc

grpc.insecure_channel("127.0.0.1:1").close()
print(os.environ["GRPC_EXPERIMENTS"])
"""


@pytest.mark.parametrize("package", ["gateway", "brain"])
def test_whoever_imports_a_room_has_it_before_grpc(package: str) -> None:
    """And this grpc knows these words: it complains about unknown ones."""
    assert run(package) == (NO_EVENT_ENGINE, "")


def test_what_the_operator_says_stands() -> None:
    """Whoever searches for a fault in grpc may switch it back."""
    assert run("gateway", GRPC_EXPERIMENTS="event_engine_client") == ("event_engine_client", "")


def run(package: str, **environment: str) -> tuple[str, str]:
    """In a process of its own: grpc reads the environment once. Returns what it printed and what grpc complained of."""
    inherited = {name: value for name, value in os.environ.items() if name != "GRPC_EXPERIMENTS"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CODE.format(package=package)],
        env=inherited | {"PYTHONPATH": str(BACKEND)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip(), done.stderr.strip()
