"""A second process of one gateway is refused at its start, whoever starts it."""

import os
import subprocess
from pathlib import Path

import pytest

from local import commands
from local.ports import pick_free_port
from tests.processes import GatewayProcess

STOPS_WITHIN_S = 60


@pytest.mark.parametrize(("options", "environment"), [(["--workers", "2"], {}), ([], {"WEB_CONCURRENCY": "2"})])
def test_workers_are_refused_with_a_line_that_says_what_to_do(
    tmp_path: Path, options: list[str], environment: dict[str, str]
) -> None:
    """uvicorn ends with them, and nothing is written."""
    done = start(tmp_path, pick_free_port(), *options, **environment)

    refusals = {line for line in done.stderr.splitlines() if "workers are refused" in line}
    assert refusals == {
        "2 workers are refused, one gateway is one process: for more, run a second gateway with a "
        "GATEWAY_JOURNAL_DIR of its own"
    }
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "journal").exists()


def test_a_second_gateway_with_the_same_journal_does_not_start(tmp_path: Path, mongod_url: str) -> None:
    """The first one serves on; after a kill the next one starts at once."""
    own = {"GATEWAY_JOURNAL_DIR": str(tmp_path / "journal")}
    with GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=1, environment=own) as first:
        done = start(tmp_path, pick_free_port(), MONGODB_URL=mongod_url)
        assert done.returncode == 3
        assert "gateway.already_running" in done.stdout + done.stderr
        first.kill()
    with GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=1, environment=own):
        pass


def start(tmp_path: Path, port: int, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A gateway that is to end by itself."""
    return subprocess.run(  # noqa: S603 (our own command line)
        [*commands.gateway(port=port), *options],
        env=os.environ | {"GATEWAY_JOURNAL_DIR": str(tmp_path / "journal")} | environment,
        capture_output=True,
        text=True,
        timeout=STOPS_WITHIN_S,
        check=False,
    )
