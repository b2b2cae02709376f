"""What the figures of drift and ablation rest on."""

import json
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from commands.app import main
from training import ablation, drift
from training.ablation import GROUPS, kept, masked_rows
from training.drift import DRIFTS, Outcome, outcome
from training.evaluation.ceiling import oracle_scores
from training.evaluation.validation import Validation
from training.examples.dataset import Examples, training_examples
from training.examples.histories import features, payments_of
from training.examples.protocol import day_index, first_test_days, judged_rows
from training.train import PARAMETERS, fit
from training.world.simulator import Rules, World, simulate

pytestmark = pytest.mark.slow  # worlds of payments are simulated, and models trained on them or judged

Floats = NDArray[np.float64]

SMALL = Rules(customers=400, terminals=400, radius=10.0)


@pytest.fixture(scope="module")
def world() -> World:
    """As long as the book's, but small."""
    return simulate(91, SMALL)


def by_amount(x: Floats) -> Floats:
    """A scorer that knows amounts only, beside what the user usually pays."""
    return np.nan_to_num(x[:, FEATURE_NAMES.index("amount_to_user_median")])


def test_an_outcome_judges_each_scorer_and_the_oracle_on_the_same_payments(world: World) -> None:
    """A scorer that is no better than amounts is far from the ceiling; two equal ones come out equal."""
    found = outcome(world, by_amount, by_amount, weeks=2)

    assert found.frozen == found.retrained
    assert 0 < found.frozen < 0.7 * found.ceiling


def test_the_issues_drifts_are_what_their_names_say() -> None:
    """Each changes the book's rules in one way and says which share of the ceiling must be kept."""
    assert [drift.share_min for drift in DRIFTS] == [0.65, 0.20, 0.70]
    assert DRIFTS[0].rules == Rules(multiplier=3)
    assert DRIFTS[1].rules == Rules(terminal_compromise_days=14)
    assert DRIFTS[2].rules == Rules(terminals=5_000, customers=10_000)


def test_what_the_retrained_model_learns_is_known_before_the_test() -> None:
    """Its last payment is a week old, and so labelled, when the first test week begins."""
    assert day_index(drift.RETRAIN_LAST) + 7 < day_index(drift.RETRAIN_LAST) + 8 == 129


def test_the_drift_command_ends_with_1_below_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a small world that the model can rank, once with a bar that it clears and once with one that nobody can."""
    monkeypatch.setattr(drift, "retrain", lambda rules: by_amount)  # the real one is in the next test
    statuses = []
    for share_min in (0.5, 1.5):
        monkeypatch.setattr(drift, "DRIFTS", (drift.Drift("small", SMALL, share_min),))
        statuses.append(main(["model", "drift", "--seed", "92", "--weeks", "1", "--json"]))

    told = [json.loads(line)["small"] for line in capsys.readouterr().out.splitlines()]
    assert statuses == [0, 1]
    assert told[0]["frozen"] == told[1]["frozen"] > 0.5 * told[0]["ceiling"]
    assert told[0]["needed_share"] == 0.5


def test_the_drift_table_has_a_line_for_each_world_and_their_mean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people."""
    monkeypatch.setattr(drift, "DRIFTS", (drift.Drift("small", SMALL, 0.5),))

    main(["model", "drift", "--seed", "92", "--seed", "93", "--weeks", "1"])

    rows = [line.split() for line in capsys.readouterr().out.splitlines()[-3:]]
    assert [row[:2] for row in rows[:1]] == [["small", "92"]]
    assert (rows[1][0], rows[2][0]) == ("93", "mean")
    assert Outcome(float(rows[2][2]), 0.0, float(rows[2][1])).ceiling > 0


def test_the_ablation_table_has_a_line_for_each_group_and_for_the_masked_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a small world with few trees: beside each group the difference to the model that has all features."""
    some = dict(list(GROUPS.items())[:2])
    monkeypatch.setattr(ablation, "GROUPS", some)
    monkeypatch.setattr(ablation, "fit", partial(fit, trees=5))
    monkeypatch.setattr(
        ablation, "simulate", lambda seed: simulate(seed, Rules(customers=200, terminals=200, radius=12.0))
    )

    status = main(["model", "ablation"])

    rows = capsys.readouterr().out.splitlines()[-3:]
    (whole, _), (less, difference, _) = (row[34:].split()[1:] for row in rows[:2])
    assert status == 0
    assert [row[:34].strip() for row in rows] == [*some, ablation.WITHOUT_MASKS]
    assert float(difference) == pytest.approx(float(less) - float(whole), abs=0.0011)


def test_a_model_of_some_features_looks_at_no_other(world: World) -> None:
    """Trained without amounts it does not move with them, and with them it rises: the constraints follow the names."""
    rows = np.flatnonzero((world.day > 60) & (world.day < 90))
    examples = Examples(features(world, rows), world.fraud[rows])
    names = ["user_count_1h", "amount_to_user_median", "merchant_risk_14d"]

    booster = fit(examples, trees=20, names=names)

    x = np.array([[0.0, times, 0.5] for times in (0.5, 1, 2, 5, 10)])
    risks = np.asarray(booster.predict(x))
    assert booster.feature_name() == names
    assert (np.diff(risks) >= 0).all()
    assert risks[-1] > risks[0]
    assert "monotone_constraints" not in PARAMETERS


def test_groups_leave_out_what_they_name() -> None:
    """No beginning of a name is misspelt, and label-derived features are all of those that look at labels."""
    for prefixes in GROUPS.values():
        for prefix in prefixes:
            assert any(name.startswith(prefix) for name in FEATURE_NAMES), prefix
    assert kept(()) == list(FEATURE_NAMES)
    assert len(kept(GROUPS["all that labels tell"])) == 66


def test_features_without_labels_do_not_move_with_them(world: World) -> None:
    """So the ablation of labels takes away every trace of them."""
    rows = np.flatnonzero(world.day == 80)
    names = kept(GROUPS["all that labels tell"])
    columns = [FEATURE_NAMES.index(name) for name in names]

    early, late = (features(payments_of(world, days * 86_400_000), rows) for days in (0, 30))

    assert np.array_equal(early[:, columns], late[:, columns], equal_nan=True)
    assert not np.array_equal(early, late, equal_nan=True)


def test_examples_of_other_days_can_be_asked_for(world: World) -> None:
    """Each payment of those days, and a third of them again."""
    examples = training_examples(world, seed=1, first=drift.RETRAIN_FIRST, last=drift.RETRAIN_LAST)

    days = (world.day >= day_index(drift.RETRAIN_FIRST)) & (world.day <= day_index(drift.RETRAIN_LAST))
    assert examples.fraud.size == days.sum() + round(days.sum() / 3)


def test_validation_of_several_worlds_is_the_mean_of_their_weeks(world: World) -> None:
    """And each of its payments has a masked twin."""
    other = simulate(94, SMALL)
    both, mine, theirs = Validation.of(world, other), Validation.of(world), Validation.of(other)

    figures = [one.figures(by_amount(one.x)).ap for one in (both, mine, theirs)]

    assert figures[0] == pytest.approx((figures[1] + figures[2]) / 2)
    assert masked_rows(mine).shape == mine.x.shape
    assert np.isnan(masked_rows(mine)).mean() > np.isnan(mine.x).mean() + 0.1


def test_the_oracle_is_the_outcomes_ceiling(world: World) -> None:
    """Nothing beats it on the weeks that are judged."""
    (first_day,) = first_test_days(world, most=1)
    rows = judged_rows(world, first_day)
    oracle = oracle_scores(world, rows)

    found = outcome(world, lambda _: oracle, by_amount, weeks=1)

    assert found.frozen == found.ceiling
