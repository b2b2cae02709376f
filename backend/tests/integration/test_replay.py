"""A world through the real chain is scored as it is offline: one set of features, labels seen when they are known."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.app import main
from tests.callers import KEY
from tests.integration.test_promotion_commands import BETTER
from tests.promoted import an_artifact, write
from tests.stack import Stack, running_stack
from training.replay import PATIENCE

SMALL = [
    "model",
    "replay",
    "--world",
    "handbook",
    "--seed",
    "4242",
    "--customers",
    "120",
    "--terminals",
    "200",
    "--json",
]


@pytest.fixture
def stack(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stack]:
    """A stack of this test alone, whose key the command finds."""
    monkeypatch.setenv("SENTINEL_KEY", KEY)
    with running_stack(tmp_path, mongod_url, fresh_databases | PATIENCE) as running:
        yield running


@pytest.fixture
def another_model(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """One that may be promoted, by a command that finds the ledger of the stack."""
    for name, value in ({"MONGODB_URL": mongod_url} | fresh_databases).items():
        monkeypatch.setenv(name, value)
    return write(an_artifact("next", backtest=BETTER), tmp_path / "next")


def test_a_test_week_through_the_chain_ranks_as_it_does_offline(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Six weeks of a small world with labels 7 days late: nearly every score has the very same value.

    Nearly: 50 payments are under way at a time, and 120 customers meet at 200 merchants. With 32 frauds to rank one
    payment moves AP by up to 0.07; the bound of the command, 0.01, is for a world of the book's size.
    """
    main([*SMALL, "--url", stack.gateway.url])

    told = json.loads(capsys.readouterr().out)
    assert told["same_scores"] > 0.97
    assert abs(told["ap_difference"]) < 0.1
    assert told["labels"] > 100
    assert told["blind"] == 0


def test_a_week_of_a_town_through_the_chain_is_scored_as_it_is_offline(
    stack: Stack, another_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Every signal of a request makes the way: cards, devices, addresses, emails, countries, categories, local hours.

    Nearly every score has the very same value; the others are of payments under way at the same time. In the middle
    another model is promoted: no payment fails and none is unscored, and each score is that of the model it names.
    """
    town = ["model", "replay", "--world", "town", "--customers", "700", "--terminals", "200", "--json"]
    assert main([*town, "--url", stack.gateway.url, "--promote", str(another_model)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["same_scores"] >= 0.995
    assert told["labels"] > 5
    assert told["blind"] == 0
    assert min(told["scored_by"].values()) > 100
    assert "sentinel-gbdt next" in told["scored_by"]


def test_without_a_gateway_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, no traceback."""
    status = main([*SMALL, "--url", "http://127.0.0.1:9"])

    assert status == 2
    assert "no answer from the gateway" in capsys.readouterr().err
