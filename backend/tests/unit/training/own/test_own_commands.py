"""From a file to a model, by the commands alone: trained, judged, its thresholds chosen again, and reported."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

from brain.model.artifact import Model
from brain.rollout.judgement import judge_recorded
from commands.app import main
from commands.model_ledger import Trial, judge_directory
from training.own.judging import Costs
from training.train import ARTIFACTS
from training.world.simulator import Rules, World, simulate

pytestmark = pytest.mark.slow  # worlds of payments are simulated, and models trained on them

MAP = "amount=price,timestamp=paid,user_id=who,merchant_id=shop,is_fraud=bad"
DELAY = ("--label-delay-days", "10")


@pytest.fixture(scope="module")
def world() -> World:
    """Seventy days of a small world: 22,000 payments."""
    return simulate(83, Rules(customers=160, terminals=500, days=70, radius=14.0))


def write(path: Path, world: World, rows: NDArray[np.bool_] | None = None) -> Path:
    """These payments under names of a shop."""
    rows = np.ones(world.fraud.size, dtype=np.bool_) if rows is None else rows
    columns = {
        "paid": pa.array(world.time_ms[rows]).cast(pa.timestamp("ms")),
        "price": world.amount_minor[rows] / 100,
        "who": world.user[rows],
        "shop": world.terminal[rows],
        "bad": world.fraud[rows].astype(np.int8),
    }
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.fixture(scope="module")
def trained(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The file, and the directory of the model that was trained on it."""
    folder = tmp_path_factory.mktemp("own")
    file = write(folder / "shop.parquet", world)
    assert main(["model", "train", "--data", str(file), "--map", MAP, *DELAY, "--test-days", "14", "--out",
                 str(folder / "model")]) == 0  # fmt: skip
    return file, folder / "model"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What a command says as JSON."""
    status = main(["model", *words, "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    found: dict[str, Any] = json.loads(printed.out)
    return found


def test_the_model_beats_the_amount_and_the_present_model(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """On days that it was not trained on, with an interval around each figure."""
    file, model = trained
    found = run(
        capsys, "backtest", "--data", str(file), "--map", MAP, *DELAY, "--model", str(model), "--test-days", "14"
    )

    others = found["others"]
    assert set(others) == {"present", "amount_alone", "logistic_regression"}
    assert found["ap"] > others["amount_alone"]["ap"] + 0.1
    assert found["intervals"]["ap"][0] < found["ap"] < found["intervals"]["ap"][1]
    assert found["genuine_declined"] < 0.004
    assert set(others["present"]) >= {
        "auc", "ap", "recall_1fpr", "recall_01fpr", "genuine_declined", "genuine_reviewed", "fraud_caught",
        "fraud_value_caught", "money",
    }  # fmt: skip


def test_later_payments_alone_are_judged_with_the_history_of_the_training(
    world: World, trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the test's days gives the same figures as the whole file."""
    file, model = trained
    later = write(tmp_path / "later.parquet", world, world.day > world.day[-1] - 14)
    options = ("--map", MAP, *DELAY, "--model", str(model), "--test-days", "14")

    whole, alone = (run(capsys, "backtest", "--data", str(path), *options) for path in (file, later))

    assert whole["payments"] == alone["payments"] == np.count_nonzero(world.day > world.day[-1] - 14)
    assert {name: alone[name] for name in ("auc", "ap", "fraud_caught", "money")} == pytest.approx(
        {name: whole[name] for name in ("auc", "ap", "fraud_caught", "money")}
    )


def test_days_that_trained_the_model_are_never_judged(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for more days than were kept, it judges those that were, and says so. It remembers map and delay."""
    file, model = trained
    found = run(capsys, "backtest", "--data", str(file), "--model", str(model), "--test-days", "60")

    assert found["payments"] > 1_000
    assert any(note.startswith("judged are 14 days, not 60") for note in found["notes"])


def test_thresholds_are_chosen_again_without_the_data(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A larger cap lowers the threshold of a decline; the model is another version, and is still served.

    Its figures become those that a backtest of the same days finds, and `promote` decides on them.
    """
    file, model = trained
    strict = run(capsys, "thresholds", "--model", str(model), "--decline-cap", "0.1%")
    loose = run(capsys, "thresholds", "--model", str(model), "--decline-cap", "2%")
    served = Model.load(model)

    assert loose["thresholds"]["critical"] < strict["thresholds"]["critical"]
    assert loose["version"] != strict["version"]
    assert (served.version, served.thresholds) == (loose["version"], loose["thresholds"])
    again = run(capsys, "backtest", "--data", str(file), "--model", str(model), "--test-days", "14")
    assert loose["metrics"] == pytest.approx({name: again[name] for name in loose["metrics"]})
    assert served.metrics == loose["metrics"] != strict["metrics"]
    judged = judge_recorded(json.loads((model / "metadata.json").read_bytes()), Model.load(ARTIFACTS))
    assert judged.facts["new"]["genuine_declined"] == pytest.approx(again["genuine_declined"])
    assert main(["model", "thresholds", "--model", str(model), "--decline-cap", "1%", "--reviews-a-day", "3"]) == 2
    assert "one of" in capsys.readouterr().err


def test_promote_remembers_the_columns_and_the_delay_of_the_training(trained: tuple[Path, Path]) -> None:
    """As backtest does: a merchant gives a file, and nothing else."""
    file, model = trained
    trial = Trial(file, False, None, None, None, None, test_days=14, costs=Costs())
    found = judge_directory(model, Model.load(ARTIFACTS), trial)

    assert found.facts["new"]["ap"] > found.facts["present"]["ap"]  # whether it may depends on what mistakes cost too
    assert found.facts["source"] == "the file"


def test_the_artifact_says_where_it_comes_from_and_what_it_may(trained: tuple[Path, Path]) -> None:
    """By the number of frauds that it learned from."""
    _, directory = trained
    metadata, served = json.loads((directory / "metadata.json").read_bytes()), Model.load(directory)

    assert metadata["source"]["file"] == "shop.parquet"
    assert len(metadata["source"]["sha256"]) == 64
    assert (served.label_delay_days, metadata["source"]["label_delay_from"]) == (10, "given")
    assert (served.may_block, served.own_labels) == (metadata["frauds"] >= 400, metadata["frauds"] >= 150)
    assert served.metrics["ap"] > 0


def test_the_report_needs_no_network_and_says_what_is_missing(trained: tuple[Path, Path]) -> None:
    """Curves, bands, mistakes with reasons, and how many frauds it takes."""
    page = (trained[1] / "report.html").read_text(encoding="utf-8")

    assert page.count("<svg role") == 4
    assert not any(word in page for word in ("http:", "https:", "<script", "<link", "<img"))
    assert "Genuine payments that it takes for fraud" in page
    assert "amount is" in page
    assert "frauds are too few to block" in page or "it may block" in page


def test_few_frauds_are_refused_and_a_backtest_needs_one(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine are nothing to learn from. The shipped model is judged on any file with a fraud."""
    one = np.flatnonzero(world.fraud & (world.day > world.day[-1] - 10))[0]
    kept = ~world.fraud
    kept[one] = True
    file = write(tmp_path / "one.parquet", world, kept & (world.day > world.day[-1] - 30))

    status = main(["model", "train", "--data", str(file), "--map", MAP, "--out", str(tmp_path / "model")])
    assert status == 2
    assert "0 frauds whose labels were known before the test are too few" in capsys.readouterr().err
    report = str(tmp_path / "report.html")
    found = run(capsys, "backtest", "--data", str(file), "--map", MAP, *DELAY, "--test-days", "10", "--report", report)
    assert found["frauds"] == 1
    assert found["fraud_caught"] in {0.0, 1.0}
