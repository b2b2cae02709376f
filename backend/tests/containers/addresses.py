"""Giving a container another address than it had: somebody else takes it meanwhile."""

import pytest

from tests.containers import engine
from tests.containers.project import Project


def take_address(project: Project, address: str) -> list[str]:
    """Idle containers in the project's network, the last of which holds this address, freed before."""
    squatters: list[str] = []
    for _ in range(5):
        command = ["docker", "run", "-d", "--network", project.network, project.images[0]]
        squatters.append(engine.run([*command, "python", "-c", "import time; time.sleep(600)"]).strip())
        networks = engine.inspect(squatters[-1])["NetworkSettings"]["Networks"]
        if networks[project.network]["IPAddress"] == address:
            return squatters
    pytest.fail(f"no container got {address}")
