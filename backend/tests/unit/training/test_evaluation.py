"""The figures of an evaluation are those of the book's definitions, and too good ones are called a leak."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from brain.features.formulas import FEATURE_NAMES
from tests.model_worlds import SMALL
from training.errors import UnusableDataError
from training.evaluation.bootstrap import deviations
from training.evaluation.ceiling import oracle_scores
from training.evaluation.metrics import Figures, card_precision, curve, figures, mean
from training.evaluation.weeks import Week, leak
from training.examples.histories import features, masked_features
from training.examples.masks import Shares
from training.examples.protocol import FIRST_TEST_DAY, day_index, first_test_days, judged_rows
from training.model.thresholds import choose
from training.world.simulator import TERMINAL, Rules, World, simulate

MINUTE = Rules(customers=30, terminals=20, days=183, radius=60.0)


@pytest.fixture(scope="module")
def world() -> World:
    """Sixty days of a small world."""
    return simulate(61, SMALL)


def test_figures_by_hand() -> None:
    """Six payments, ranked fraud, genuine, fraud, genuine, genuine, fraud."""
    fraud = np.array([True, False, True, False, False, True])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])

    found = figures(fraud, scores, np.zeros(6, dtype=np.int64), np.arange(6))

    assert found.auc == pytest.approx((3 + 2 + 0) / 9)
    assert found.ap == pytest.approx((1 + 2 / 3 + 3 / 6) / 3)
    assert found.recall_1fpr == pytest.approx(1 / 3)
    assert found.cp100 == pytest.approx(0.03)


def test_tied_scores_are_one_threshold() -> None:
    """A constant score ranks nothing: the order of the rows must not."""
    fraud = np.array([True, True, False, False, False, False, False, False])

    found = figures(fraud, np.full(8, 0.5), np.zeros(8, dtype=np.int64), np.arange(8))

    assert (found.auc, found.ap, found.recall_1fpr) == (0.5, 0.25, 0.0)


def test_a_week_without_fraud_cannot_be_judged() -> None:
    """Rather an error than a figure without meaning."""
    with pytest.raises(ValueError, match="both"):
        curve(np.zeros(3, dtype=np.bool_), np.arange(3.0))


def test_card_precision_counts_cards_and_a_found_card_only_once() -> None:
    """Day 0: cards 1 and 2 of three are looked at; card 1 is found, and on day 1 it is out of play."""
    day = np.array([0, 0, 0, 0, 1, 1, 1])
    card = np.array([1, 1, 2, 3, 1, 2, 3])
    fraud = np.array([False, True, False, True, True, False, True])
    scores = np.array([0.1, 0.9, 0.8, 0.7, 0.9, 0.8, 0.7])

    precision = card_precision(fraud, scores, day, card, cards_a_day=2)

    assert precision == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_the_mean_is_taken_figure_by_figure() -> None:
    """Weeks count alike."""
    assert mean([Figures(0.5, 0.25, 0.0, 0.0), Figures(1.0, 0.75, 0.5, 1.0)]) == Figures(0.75, 0.5, 0.25, 0.5)


def test_the_evaluation_begins_on_the_books_day() -> None:
    """2018-08-08 is day 129 of a world that starts on 2018-04-01."""
    assert FIRST_TEST_DAY == day_index(date(2018, 8, 8)) == 129


def test_cards_known_as_defrauded_leave_the_test_as_their_labels_come_in(world: World) -> None:
    """Seven days after a fraud, and not before, the card is out."""
    rows = judged_rows(world, 40)

    for today in range(40, 47):
        mine = rows[world.day[rows] == today]
        told = world.user[world.fraud & (world.day >= 26) & (world.day <= today - 8)]
        young = world.user[world.fraud & (world.day == today - 7)]
        assert not np.isin(world.user[mine], told).any()
        assert (
            np.isin(world.user[mine], young).any()
            == np.isin(np.setdiff1d(young, told), world.user[world.day == today]).any()
        )


def test_the_oracle_knows_the_rules_but_no_young_label(world: World) -> None:
    """A terminal is certain only once a label of its compromise is a week old, and nothing else ever is."""
    rows = np.flatnonzero(world.day >= 40)
    scores = oracle_scores(world, rows)

    ranked = figures(world.fraud[rows], scores, world.day[rows], world.user[rows])
    terminal = world.scenario[rows] == TERMINAL
    assert 0.2 < (scores[terminal] == 1).mean() < 0.95
    assert not ((scores == 1) & ~world.fraud[rows]).any()
    assert 0.5 < ranked.ap < 1


def test_the_oracle_sees_no_young_label(world: World) -> None:
    """Labels that are not a week old on day 45 may be forged: no score of that day moves."""
    rows = np.flatnonzero(world.day == 45)
    young = world.day >= 39
    forged = replace(world, fraud=np.where(young, ~world.fraud, world.fraud))

    assert np.array_equal(oracle_scores(forged, rows), oracle_scores(world, rows))


@pytest.mark.parametrize(
    ("model", "is_leak"),
    [
        (Figures(auc=0.89, ap=0.77, cp100=0.3, recall_1fpr=0.8), False),
        (Figures(auc=0.93, ap=0.77, cp100=0.3, recall_1fpr=0.8), True),
        (Figures(auc=0.89, ap=0.81, cp100=0.3, recall_1fpr=0.8), True),
    ],
    ids=["honest", "AUC too good", "AP over the ceiling"],
)
def test_figures_that_are_too_good_are_called_a_leak(model: Figures, is_leak: bool) -> None:
    """The alarm is for our own mistakes."""
    ceiling = Figures(auc=0.89, ap=0.78, cp100=0.3, recall_1fpr=0.8)

    assert (leak(model, ceiling) is not None) == is_leak


def test_thresholds_keep_what_their_levels_promise() -> None:
    """On the very payments they were chosen on, measured independently of the curve."""
    rng = np.random.default_rng(4)
    scores = rng.random(200_000) ** 60
    fraud = rng.random(200_000) < scores

    levels = choose(fraud, scores)

    def precision(level: str) -> float:
        return float(fraud[scores >= levels[level]].mean())

    assert (scores[~fraud] >= levels["medium"]).mean() == pytest.approx(0.002, abs=0.0001)
    assert precision("high") == pytest.approx(0.85, abs=0.01)
    assert precision("critical") == pytest.approx(0.95, abs=0.01)


def test_scores_that_separate_nothing_have_no_thresholds() -> None:
    """A bad model stops in training, not in production."""
    rng = np.random.default_rng(5)

    with pytest.raises(ValueError, match="separate"):
        choose(rng.random(5_000) < 0.01, rng.random(5_000))


def test_masked_rows_look_as_serving_would_see_them(world: World) -> None:
    """Absent merchants and unreadable users are NaN, new ones are empty, and without labels nothing is fraud."""
    rows = np.flatnonzero(world.day == 45)[:400]
    shares = Shares(merchant_absent=0.5, user_unreadable=0.3, user_new=0.3, unlabelled=1.0)

    masked, whole = masked_features(world, rows, np.random.default_rng(6), shares), features(world, rows)

    x, known = (dict(zip(FEATURE_NAMES, some.T, strict=True)) for some in (masked, whole))
    assert np.isnan(x["merchant_count_7d"]).mean() == pytest.approx(0.5, abs=0.1)
    assert np.isnan(x["user_count_30d"]).mean() == pytest.approx(0.3, abs=0.1)
    assert (x["user_count_30d"] == 0).mean() == pytest.approx(0.3, abs=0.1)
    assert np.nansum(x["merchant_risk_37d"]) == 0 < np.nansum(known["merchant_risk_37d"])


def test_test_weeks_are_the_books_where_a_world_has_them() -> None:
    """From 8 August on as many whole weeks as there are, and otherwise the last whole ones with a warm-up."""
    book, until_august = simulate(7, MINUTE), simulate(7, replace(MINUTE, days=150))
    spring = simulate(7, replace(MINUTE, days=60))

    assert first_test_days(book) == [129 + 7 * week for week in range(7)]
    assert first_test_days(book, most=2) == [129, 136]
    assert first_test_days(until_august) == [129, 136, 143]
    assert first_test_days(spring) == [39, 46, 53]
    assert first_test_days(spring, most=1) == [53]


def test_a_world_too_short_for_a_test_week_says_so() -> None:
    """37 days are looked back on, and seven judged: one day less cannot be judged."""
    assert first_test_days(simulate(7, replace(MINUTE, days=44))) == [37]

    with pytest.raises(UnusableDataError, match="43 days of payments, 2018-04-01 to 2018-05-13, are too few"):
        first_test_days(simulate(7, replace(MINUTE, days=43)))


def test_a_card_drawn_twice_is_two_cards() -> None:
    """So the interval of figures that every card shares alike is nearly nothing, and of others it is not."""
    rng = np.random.default_rng(8)
    card = np.repeat(np.arange(400), 5)
    day = np.tile(np.arange(5), 400)
    fraud = card % 10 == 0
    certain = Figures(1.0, 1.0, 0.08, 1.0)
    noise = rng.random(2000)
    week = Week(0, fraud, day, card, fraud + 0.0, fraud + 0.0, certain, certain)
    guess = Week(0, fraud, day, card, fraud + noise, fraud + 0.0, certain, certain)

    sure, sure_share = deviations([week], draws=20)
    unsure, unsure_share = deviations([guess], draws=20)

    assert (sure.auc, sure.ap, sure.recall_1fpr, sure_share) == (0, 0, 0, 0)
    assert sure.cp100 > 0
    assert 0 < unsure.ap < 0.2
    assert unsure_share == pytest.approx(unsure.ap)
