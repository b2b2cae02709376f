"""Brains that tests only ask; who changes one, or hurts it, starts its own."""

from collections.abc import Iterator

import pytest

from tests.brain_calls import NO_MONGODB
from tests.processes import BrainProcess


@pytest.fixture(scope="session")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """Healthy, and without history."""
    with BrainProcess(tmp_path_factory.mktemp("brain"), mongodb_url=NO_MONGODB) as process:
        yield process


@pytest.fixture(scope="session")
def slow_brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """Half of all attempts sleep for a second."""
    faults = {"BRAIN_FAULT_LATENCY_RATE": "0.5", "BRAIN_FAULT_LATENCY_S": "1"}
    directory = tmp_path_factory.mktemp("slow_brain")
    with BrainProcess(directory, mongodb_url=NO_MONGODB, environment=faults) as process:
        yield process
