"""Where the brain listens, by IPv4 and IPv6: as BRAIN_BIND_ADDRESS says, and its image's health check finds it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.commands import ROOT
from tests.brain_calls import NO_MONGODB
from tests.processes import BrainProcess

CHECK = ROOT / "infra" / "docker" / "healthcheck_brain.py"


@pytest.mark.parametrize("bind_address", ["::", "[::1]"])
def test_the_health_check_of_the_image_finds_a_brain_where_it_listens(bind_address: str, tmp_path: Path) -> None:
    """On every address, or on one of IPv6 only; once it is stopped, the check says so."""
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_BIND_ADDRESS": bind_address})
    process.launch()

    def is_healthy() -> bool:
        environment = {"BRAIN_BIND_ADDRESS": bind_address, "BRAIN_SERVICE_PORT": str(process.port)}
        return subprocess.run([sys.executable, CHECK], env=environment, check=False).returncode == 0  # noqa: S603

    give_up_s = time.monotonic() + 30
    while not (found := is_healthy()) and process.is_running and time.monotonic() < give_up_s:
        time.sleep(0.1)
    process.stop(within_s=10.0)

    assert found, process.log()
    assert not is_healthy()


def test_an_address_that_is_none_of_this_machine_is_named(tmp_path: Path) -> None:
    """With the variable that it came by."""
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_BIND_ADDRESS": "192.0.2.1"})
    process.launch()
    while process.is_running:
        time.sleep(0.02)

    assert process.returncode == 2
    assert "BRAIN_BIND_ADDRESS" in process.log()
