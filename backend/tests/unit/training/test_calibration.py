"""Scores are made into probabilities without changing their order, and measured against what happened."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from brain.model.calibration import Calibration
from commands.app import main
from training.evaluation.reliability import Bin, Reliability
from training.model.calibration import fit

pytestmark = pytest.mark.slow  # worlds of payments are simulated, and models trained on them or judged

Floats = NDArray[np.float64]


def crooked(rng: np.random.Generator, n: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Log-odds that overstate small risks and understate large ones, and what happened."""
    raw = rng.normal(-4, 2.5, n)
    true = np.where(raw < -3, 0.5 * raw - 1.5, 1.4 * raw + 1.2)
    return raw, rng.random(n) < 1 / (1 + np.exp(-true))


def test_a_fitted_map_makes_probabilities_of_unseen_scores() -> None:
    """Fitted on some payments, held against others: every well-filled bin within a tenth, unlike before."""
    rng = np.random.default_rng(1)
    raw, fraud = crooked(rng, 400_000)
    unseen_raw, unseen_fraud = crooked(rng, 400_000)

    calibration = fit(raw, fraud)

    before = Reliability.of(unseen_fraud, 1 / (1 + np.exp(-unseen_raw)))
    after = Reliability.of(unseen_fraud, calibration.probabilities(unseen_raw))
    assert max(before.ratios) > 1.5
    assert 0.9 < min(after.ratios) <= max(after.ratios) < 1.1
    assert after.error < before.error / 5
    assert after.brier < before.brier
    assert after.log_loss < before.log_loss


def test_a_fitted_map_ascends_even_where_the_data_do_not() -> None:
    """Where a higher score meant less fraud by chance, the map still goes up, and serving takes it."""
    rng = np.random.default_rng(2)
    raw = rng.uniform(-6, 2, 50_000)
    fraud = rng.random(raw.size) < np.where((raw > -3) & (raw < -1), 0.01, 0.10)

    calibration = fit(raw, fraud)

    assert (np.diff(calibration.calibrated) > 0).all()
    assert Calibration.read(calibration.written()).written() == calibration.written()


def test_the_same_payments_give_the_same_map() -> None:
    """Training can be repeated to the last digit."""
    raw, fraud = crooked(np.random.default_rng(3), 50_000)

    assert fit(raw, fraud).written() == fit(raw.copy(), fraud.copy()).written()


def test_what_cannot_be_calibrated_is_refused() -> None:
    """Nothing genuine, or scores that are all alike."""
    with pytest.raises(ValueError, match="genuine"):
        fit(np.zeros(100), np.ones(100, dtype=np.bool_))
    with pytest.raises(ValueError, match="same"):
        fit(np.zeros(100), np.arange(100) < 5)


def test_outside_of_its_knots_a_map_goes_on_with_slope_one() -> None:
    """Nobody knows what lies there, so only the distance to the last knot is kept."""
    calibration = Calibration(np.array([-2.0, 0.0]), np.array([-1.0, 3.0]))

    assert calibration.log_odds(np.array([-5.0, -2.0, -1.0, 0.0, 4.0])).tolist() == [-4.0, -1.0, 1.0, 3.0, 7.0]
    assert Calibration.none().log_odds(np.array([-1.3, 0.0, 2.7])).tolist() == [-1.3, 0.0, 2.7]


def test_reliability_by_hand() -> None:
    """Four payments called 0.2 and 0.9; one of the first two and both of the others are frauds."""
    found = Reliability.of(np.array([True, False, True, True]), np.array([0.2, 0.2, 0.9, 0.9]))

    assert [(one.payments, one.frauds) for one in found.bins] == [(2, 1), (2, 2)]
    assert found.bins[0].predicted == pytest.approx(0.2)
    assert found.brier == pytest.approx((0.64 + 0.04 + 0.01 + 0.01) / 4)
    assert found.log_loss == pytest.approx(-(np.log(0.2) + np.log(0.8) + 2 * np.log(0.9)) / 4)
    assert found.error == pytest.approx((2 * 0.3 + 2 * 0.1) / 4)
    assert found.ratios == []


def test_the_interval_is_wilsons() -> None:
    """10 of 100: 5.5 % to 17.4 %, and of nothing found it still has a width."""
    some, none = Bin(0.0, 1.0, 100, 10, 0.1), Bin(0.0, 1.0, 100, 0, 0.1)

    assert some.interval == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert none.interval == pytest.approx((0.0, 0.0370), abs=1e-4)


def test_extreme_scores_have_a_bin_and_a_finite_loss() -> None:
    """0 and 1 exactly."""
    found = Reliability.of(np.array([False, True, True]), np.array([0.0, 1.0, 0.0]))

    assert sum(one.payments for one in found.bins) == 3
    assert np.isfinite(found.log_loss)


def test_the_command_shows_served_scores_beside_those_of_the_trees(capsys: pytest.CaptureFixture[str]) -> None:
    """On a small world, as tables and as one line of JSON."""
    small = ["model", "calibrate", "--seed", "5", "--customers", "1000", "--terminals", "2000", "--days", "60"]

    statuses = main(small), main([*small, "--json"])

    *table, line = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert statuses == (0, 0)
    assert sum("Brier score" in row for row in table) == 2
    assert [row.split()[0] for row in table[-3:]] == ["medium", "high", "critical"]
    assert told.keys() == {"served", "trees"}
    assert told["served"]["brier"] < 0.05


def test_a_world_too_short_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """As in `model evaluate`."""
    status = main(["model", "calibrate", "--days", "20", "--customers", "50", "--terminals", "50"])

    assert status == 2
    assert capsys.readouterr().err.startswith("sentinel: 20 days of payments")
