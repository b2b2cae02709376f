"""One gateway is one process: another one of the same directory does not start."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.kit import one_process
from gateway.kit.one_process import AlreadyRunning, alone_in


def test_a_directory_belongs_to_one_process_until_it_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says what to do instead."""
    monkeypatch.setattr(one_process, "_WAIT_S", 0.0)
    with capture_logs() as logs:
        with alone_in(tmp_path / "journal"), pytest.raises(AlreadyRunning), alone_in(tmp_path / "journal"):
            pass
        with alone_in(tmp_path / "journal"):
            pass

    assert [(log["event"], "a second gateway" in log["advice"]) for log in logs] == [("gateway.already_running", True)]


def test_a_disk_that_refuses_stops_no_gateway(tmp_path: Path) -> None:
    """Verdicts go to MongoDB as ever: that nothing is locked is logged."""
    (tmp_path / "no folder").write_text("")

    with capture_logs() as logs, alone_in(tmp_path / "no folder"):
        pass

    assert [log["event"] for log in logs] == ["gateway.not_locked"]
