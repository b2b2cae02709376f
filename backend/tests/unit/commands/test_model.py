"""The help of `sentinel model` loads nothing of training, so what it says of it is held against it here."""

from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from brain.domain import LABEL_DELAY_DAYS
from commands.app import app
from commands.evaluation import _WEEKS as WEEKS_IN_HELP
from training.examples.protocol import WEEKS
from training.world.datafile import ENDINGS
from training.world.simulator import Rules


def words(command: str) -> list[str]:
    """What `--help` says, without the frame that rich draws around it."""
    said = CliRunner().invoke(app, ["model", command, "--help"], env={"COLUMNS": "300"}).output
    return said.replace("\u2502", " ").split()


@pytest.mark.parametrize("command", ["evaluate", "calibrate", "simulate"])
def test_help_says_the_books_rules(command: str) -> None:
    """The default of each rule that may be changed."""
    rules = {name: value for name, value in asdict(Rules()).items() if f"--{name.replace('_', '-')}" in words(command)}

    assert len(rules) == 6
    assert {f"({value})." for value in rules.values()} <= set(words(command))


def test_help_says_what_the_protocol_is() -> None:
    """Seven test weeks, labels after seven days, and the endings of files."""
    assert (WEEKS_IN_HELP, LABEL_DELAY_DAYS) == (WEEKS, 7)
    assert f"({', '.join(ENDINGS)})" in " ".join(words("evaluate"))
