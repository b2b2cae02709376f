"""One gateway is one process: another one of the same directory does not start."""

from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.kit import files
from gateway.kit.files import AlreadyRunning, alone_in


def test_a_directory_belongs_to_one_process_until_it_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says what to do instead."""
    monkeypatch.setattr(files, "_WAIT_S", 0.0)
    hold = partial(alone_in, tmp_path / "journal", service="gateway", advice="do something else")
    with capture_logs() as logs:
        with hold(), pytest.raises(AlreadyRunning, match="something else"), hold():
            pass
        with hold():
            pass

    assert [(log["event"], log["advice"]) for log in logs] == [("gateway.already_running", "do something else")]


def test_a_disk_that_refuses_stops_no_gateway(tmp_path: Path) -> None:
    """Verdicts go to MongoDB as ever: that nothing is locked is logged."""
    (tmp_path / "no folder").write_text("")

    with capture_logs() as logs, alone_in(tmp_path / "no folder", service="gateway", advice=""):
        pass

    assert [log["event"] for log in logs] == ["gateway.not_locked"]
