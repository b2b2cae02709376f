"""The shipped model on a small town that it has never seen: what must hold at any size, and what the figures mean."""

import json

import numpy as np
import pytest

from brain.model.artifact import Model
from commands.app import main
from training.evaluation.town import TownFigures, bad_scores, judge_town, mean_of, recall_at, threshold_at
from training.train import ARTIFACTS
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

pytestmark = pytest.mark.slow  # a town is simulated and judged

SMALL = Rules(users=1_500, merchants=300, days=110, fraud_times=2.0)


@pytest.fixture(scope="module")
def found() -> TownFigures:
    """The shipped model's figures on one town of about 35,000 payments."""
    return judge_town(Model.load(ARTIFACTS), simulate_town(77, SMALL))


def test_most_frauds_are_found_where_one_in_a_thousand_genuine_payments_is_as_suspect(found: TownFigures) -> None:
    """The bar of three large towns is 80 %; in a small one histories are thin and a burst more or less counts."""
    assert found.recall_01fpr >= 0.70
    assert found.recall_1fpr > found.recall_01fpr
    assert found.caught["testing"] >= 0.90


def test_four_fields_are_enough_for_half_of_it(found: TownFigures) -> None:
    """The model was taught by requests that say little, too."""
    assert 0.50 <= found.four_fields_ap < found.ap


def test_the_shipped_thresholds_would_decline_one_genuine_payment_in_a_thousand_at_most(found: TownFigures) -> None:
    """Were the model allowed to block, by its thresholds alone and within the budgets."""
    assert found.declined <= 0.0012
    assert found.budget_declined <= found.declined


def test_a_model_that_is_wrong_on_purpose_declines_little(found: TownFigures) -> None:
    """It calls a fifth of all payments critical; budgets hold, whatever the model."""
    model = Model.load(ARTIFACTS)

    assert (bad_scores(model, 10_000) >= model.thresholds["critical"]).mean() > 0.15
    assert found.bad_declined <= 0.004


def test_the_command_prints_figures_of_several_towns(capsys: pytest.CaptureFixture[str]) -> None:
    """One line of JSON with the mean, and each."""
    small = ["--customers", "1200", "--terminals", "300", "--days", "75"]

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
