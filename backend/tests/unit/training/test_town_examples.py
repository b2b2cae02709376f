"""What the shipped model is taught: payments of a town as merchants send them, and some of the Handbook's world."""

import numpy as np
import pytest

from brain.domain import LABEL_DELAY_MS
from brain.features.formulas import FEATURE_NAMES
from training.examples.dataset import Examples
from training.examples.teaching import HANDBOOK_WEIGHT, Seeds, teaching_examples
from training.examples.town import WARM_UP_DAYS, town_examples
from training.world.simulator import Rules as HandbookRules
from training.world.town.rules import Rules
from training.world.town.simulator import Town, simulate_town

pytestmark = pytest.mark.slow  # a town is simulated, and its features are computed several times

TOWN = Rules(users=500, merchants=200, days=80, fraud_times=3.0)


@pytest.fixture(scope="module")
def town() -> Town:
    """A small one."""
    return simulate_town(51, TOWN)


@pytest.fixture(scope="module")
def examples(town: Town) -> Examples:
    """Its rows."""
    return town_examples(town, seed=1, label_delay_ms=LABEL_DELAY_MS)


def test_the_rows_stand_for_the_payments(town: Town, examples: Examples) -> None:
    """In each form the shares of frauds and genuine payments are those of the town."""
    told = town.payments.fraud[town.day >= WARM_UP_DAYS]
    assert examples.weight is not None
    frauds = examples.weight[examples.fraud].sum()
    genuine = examples.weight[~examples.fraud].sum()

    assert examples.fraud.sum() == 7 * told.sum()
    assert frauds / (frauds + genuine) == pytest.approx(told.mean(), rel=0.1)
    assert examples.x.shape == (examples.fraud.size, len(FEATURE_NAMES))


def test_some_rows_know_no_merchant(examples: Examples) -> None:
    """As a request of four fields, and some know all."""
    unknown = np.isnan(examples.x[:, FEATURE_NAMES.index("merchant_count_7d")])

    assert 0.1 < unknown.mean() < 0.6


def test_both_worlds_teach() -> None:
    """The Handbook's payments weigh less, and the frauds of a town that has too many are scaled down."""
    handbook = HandbookRules(customers=60, terminals=60, radius=20.0, terminals_compromised_per_day=1)
    taught = teaching_examples(Seeds(51, 1), town=TOWN, handbook=handbook)
    only_town = town_examples(simulate_town(51, TOWN), seed=1, label_delay_ms=LABEL_DELAY_MS)
    assert taught.weight is not None
    assert only_town.weight is not None
    n = only_town.fraud.size

    assert taught.fraud.size > n
    assert (taught.weight[n:] == HANDBOOK_WEIGHT).all()
    assert taught.weight[:n][only_town.fraud].sum() == pytest.approx(only_town.weight[only_town.fraud].sum() / 3)
    assert np.array_equal(taught.weight[:n][~only_town.fraud], only_town.weight[~only_town.fraud])
