"""A world through the real chain is scored as it is offline: one set of features, labels seen when they are known."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack, running_stack
from training.replay import AP_DIFFERENCE_MAX, main

SMALL = ["--seed", "4242", "--customers", "120", "--terminals", "200", "--json"]


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Stack]:
    """A stack of this test alone."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as running:
        yield running


def test_a_test_week_through_the_chain_ranks_as_it_does_offline(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six weeks of a small world with labels 7 days late: nearly every score has the very same value."""
    status = main(["--url", stack.gateway.url, *SMALL])

    told = json.loads(capsys.readouterr().out)
    assert status == 0, told
    assert abs(told["ap_difference"]) <= AP_DIFFERENCE_MAX
    assert told["same_scores"] > 0.97
    assert told["labels"] > 100
    assert told["blind"] == 0


def test_without_a_gateway_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, no traceback."""
    status = main(["--url", "http://127.0.0.1:9", *SMALL])

    assert status == 2
    assert "no answer from the gateway" in capsys.readouterr().err
