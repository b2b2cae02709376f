"""Figures of a model on a small town that it has never seen, and what they mean."""

import json

import numpy as np
import pytest

from brain.model.artifact import Model
from commands.app import main
from training.evaluation.town import TownFigures, bad_scores, judge_town, mean_of, recall_at, threshold_at
from training.train import ARTIFACTS
from training.world.town.constants import SCENARIOS
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

pytestmark = pytest.mark.slow  # a town is simulated and judged

SMALL = Rules(users=1_500, merchants=300, days=110, fraud_times=2.0)


@pytest.fixture(scope="module")
def found() -> TownFigures:
    """The shipped model's figures on one town of about 35,000 payments."""
    return judge_town(Model.load(ARTIFACTS), simulate_town(77, SMALL))


def test_every_kind_of_fraud_is_told_apart(found: TownFigures) -> None:
    """The shipped model was not taught by towns: nothing is promised of its ranking but that it is no lottery."""
    assert found.caught.keys() == set(SCENARIOS[1:])
    assert found.auc > 0.5
    assert found.recall_1fpr >= found.recall_01fpr


def test_a_model_that_is_wrong_on_purpose_declines_little(found: TownFigures) -> None:
    """It calls a fifth of all payments critical; budgets hold, whatever the model."""
    model = Model.load(ARTIFACTS)

    assert (bad_scores(model, 10_000) >= model.thresholds["critical"]).mean() > 0.15
    assert found.bad_declined <= 0.004


def test_the_command_prints_figures_of_several_towns(capsys: pytest.CaptureFixture[str]) -> None:
    """One line of JSON with the mean, and each."""
    small = ["--customers", "400", "--terminals", "200", "--days", "90"]

    status = main(["model", "evaluate", "--world", "town", "--seeds", "2", "--json", *small])

    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert told["seeds"] == [11, 12]
    assert told["payments"] == sum(one["payments"] for one in told["each"])
    assert told["ap"] == pytest.approx((told["each"][0]["ap"] + told["each"][1]["ap"]) / 2)


def test_a_threshold_lets_the_promised_share_pass() -> None:
    """Of a thousand genuine payments one may score as high; ties are not let through."""
    fraud = np.arange(1_100) < 100
    scores = np.where(fraud, np.linspace(0.5, 1, 1_100), np.linspace(0, 0.6, 1_100))

    for share in (0.001, 0.01, 0.1):
        assert (scores >= threshold_at(fraud, scores, share))[~fraud].mean() <= share
    assert recall_at(fraud, np.zeros(1_100), 0.01) == 0.0


def test_the_mean_of_towns_adds_counts_up(found: TownFigures) -> None:
    """And averages shares."""
    both = mean_of([found, found])

    assert both.payments == 2 * found.payments
    assert both.ap == pytest.approx(found.ap)
    assert both.caught == pytest.approx(found.caught)
