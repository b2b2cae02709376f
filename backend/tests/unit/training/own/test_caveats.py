"""A report says it when a model is of no use, or when too few frauds say whether it is."""

import json
from pathlib import Path

import numpy as np
import pytest

from commands.app import main
from training.own.judging import Measured
from training.own.words import caveats

DAYS = 120


def write(path: Path, *, frauds: int) -> Path:
    """Payments of 120 days; the dearest of each tenth is fraud, up to `frauds` of them, and nothing else tells."""
    rng = np.random.default_rng(4)
    amounts = np.round(rng.lognormal(3, 1, DAYS * 10), 2)
    start = np.datetime64("2026-01-01T00:00:00")
    lines = ["timestamp,amount,user_id,is_fraud"]
    for at, amount in enumerate(amounts.tolist()):
        is_dearest = amount == amounts[at - at % 10 : at - at % 10 + 10].max()
        lines.append(f"{start + np.timedelta64(at * 144, 'm')},{amount},u{at % 97},{int(is_dearest and frauds > 0)}")
        frauds -= is_dearest
    path.write_text("\n".join(lines) + "\n")
    return path


def test_one_fraud_in_the_test_is_said_to_prove_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bootstrap cannot tell: whatever it draws, the one fraud is the same."""
    file = write(tmp_path / "one.csv", frauds=1)

    assert main(["model", "backtest", "--data", str(file), "--report", str(tmp_path / "r.html"), "--json"]) == 0

    assert any(note.startswith("the test has 1 fraud: ") for note in json.loads(capsys.readouterr().out)["notes"])
    assert "the test has 1 fraud: " in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(("ap", "amount_ap", "is_beaten"), [(0.4, 0.5, True), (0.4, 0.4, True), (0.5, 0.4, False)])
def test_a_model_that_the_amount_beats_is_called_so(ap: float, amount_ap: float, *, is_beaten: bool) -> None:
    """In the notes, not only in the table."""
    measured = {"new": Measured({"ap": ap}), "amount_alone": Measured({"ap": amount_ap})}

    said = caveats(frauds=10, measured=measured)

    assert [note.partition(" (")[0] for note in said] == ["it does not rank better than the amount alone"] * is_beaten


def test_a_place_that_cannot_be_written_is_said_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line."""
    file = write(tmp_path / "shop.csv", frauds=DAYS)

    assert main(["model", "train", "--data", str(file), "--out", str(file / "model")]) == 2

    assert "cannot be made" in capsys.readouterr().err
