"""What the model that was brought last says of itself, and what it says in another way."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.features.models.candidate import Candidate, to_candidate
from tests.promoted import an_artifact

AT = datetime(2026, 11, 30, tzinfo=UTC)
BACKTEST = {
    "period": ["2026-08-06", "2026-09-30"],
    "rows": 40_000,
    "frauds": 400,
    "models": {
        "candidate": {"ap": 0.81, "genuine_declined": 0.0009, "money": None, "of tomorrow": 1.0},
        "amount alone": {"ap": 0.2, "money": 120.0},
    },
}


def a_candidate(**metadata: Any) -> Candidate:
    """The amount model with these metadata, as it stands in the ledger."""
    kept = {
        "name": "own",
        "version": "2",
        "created_at": AT,
        "by": "Ann",
        "metadata": an_artifact("2", **metadata).metadata,
    }
    return to_candidate(kept)


def test_it_tells_what_it_was_tested_on() -> None:
    """With the figures that are ours, of every model that was held against it."""
    candidate = a_candidate(backtest=BACKTEST, ripe_frauds=410, may_block=True, own_labels=True)

    assert (candidate.name, candidate.version, candidate.by, candidate.created_at) == ("own", "2", "Ann", AT)
    assert (candidate.ripe_frauds, candidate.may_block, candidate.own_labels) == (410, True, True)
    assert candidate.backtest is not None
    assert candidate.backtest.period == (date(2026, 8, 6), date(2026, 9, 30))
    assert (candidate.backtest.rows, candidate.backtest.frauds) == (40_000, 400)
    tested = candidate.backtest.models
    assert {name: value for name, value in tested["candidate"].items() if value} == {
        "ap": 0.81,
        "genuine_declined": 0.0009,
    }
    assert (tested["amount alone"]["money"], tested["candidate"]["money"]) == (120.0, None)


def test_frauds_of_a_model_of_own_payments_are_ones_with_known_labels() -> None:
    """Of a simulated world they are nobody's."""
    assert a_candidate(frauds=95, source={"file": "x.csv"}).ripe_frauds == 95
    assert a_candidate(frauds=9_249).ripe_frauds is None


@pytest.mark.parametrize("said", [{"backtest": {"of": "tomorrow"}}, {"backtest": None}, {"may_block": "perhaps"}, {}])
def test_what_it_says_in_another_way_is_not_known(said: dict[str, Any]) -> None:
    """The rest is told."""
    candidate = a_candidate(**said)

    assert (candidate.name, candidate.backtest, candidate.ripe_frauds) == ("own", None, None)
