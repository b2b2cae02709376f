"""Bars are for people who look at a terminal: pipes, files and logs get the results and nothing else."""

import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest

from commands.progress import ProgressBar
from local.commands import BACKEND

SCRIPT = """
from commands.progress import ProgressBar

with ProgressBar() as progress:
    for number in range(3):
        progress("records", number, 3)
        print("a row", flush=True)
"""


def run_on_terminal(*, stdout: int | None = None) -> tuple[str, str]:
    """What a person sees on the terminal, and what the pipe gets: without `stdout` both streams are the terminal."""
    ours, theirs = pty.openpty()
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", SCRIPT],
        env={"PYTHONPATH": str(BACKEND), "TERM": "xterm", "COLUMNS": "100"},
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        text=True,
        check=True,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # how Linux says that a terminal has ended
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    return shown.decode(), done.stdout or ""


def test_nothing_is_shown_where_standard_error_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """As in a cron job, or with 2> FILE."""
    with ProgressBar() as progress:
        progress("records", 1, 3)

    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_and_a_pipe_gets_the_rows() -> None:
    """`sentinel model drift > table.txt`: the bar is on the terminal, the table is in the file."""
    shown, piped = run_on_terminal(stdout=subprocess.PIPE)

    assert piped == "a row\n" * 3
    assert "records" in shown
    assert "a row" not in shown


def test_rows_are_whole_lines_where_both_are_one_terminal() -> None:
    """The bar goes below them instead of through them."""
    shown, _ = run_on_terminal()

    assert shown.count("a row\r\n") == 3
