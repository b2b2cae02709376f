"""A simulated world is written under the names of the API, as a merchant would send it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from commands.app import main
from training.world.datafile import read
from training.world.export import to_table
from training.world.town.rules import Rules
from training.world.town.simulator import Town, simulate_town

SMALL = Rules(users=200, merchants=200, days=30)
OPTIONS = ["--customers", "200", "--terminals", "200", "--days", "30", "--seed", "5"]


@pytest.fixture(scope="module")
def town() -> Town:
    """The town of the options above."""
    return simulate_town(5, SMALL)


def test_a_town_is_written_with_the_names_of_the_api(town: Town, tmp_path: Path) -> None:
    """Every column of a request that the town knows, then labels, then the truth."""
    status = main(["model", "simulate", "--out", str(tmp_path / "town.csv"), *OPTIONS])

    table = csv.read_csv(tmp_path / "town.csv")
    assert status == 0
    assert table.num_rows == len(town.payments)
    assert {"transaction_id", "amount", "currency", "user_id", "timestamp", "merchant_id"} < set(table.column_names)
    assert {"merchant.category", "card.token", "card.bin", "device.ip", "customer.email"} < set(table.column_names)
    assert table.column_names[-3:] == ["is_fraud", "label_at", "scenario"]
    assert table["is_fraud"].to_numpy().sum() == town.payments.fraud.sum()
    assert pa.compute.value_counts(table["scenario"])[0]["values"].as_py() == "genuine"


def test_the_payments_of_a_file_are_those_of_the_town(town: Town, tmp_path: Path) -> None:
    """By our own reader, without a map: times with offsets are the same instants."""
    main(["model", "simulate", "--out", str(tmp_path / "town.parquet"), *OPTIONS])

    payments = read(tmp_path / "town.parquet")

    assert np.array_equal(payments.time_ms, town.payments.time_ms)
    assert np.array_equal(payments.amount_minor, town.payments.amount_minor)
    assert np.array_equal(payments.fraud, town.payments.fraud)


def test_what_a_payment_does_not_know_is_empty(town: Town) -> None:
    """No device in a shop, no time of a label that never came."""
    table = to_table(town.payments)

    assert table["device.id"].null_count == (town.payments.device == -1).sum() > 0
    assert table["label_at"].null_count == (~town.payments.fraud).sum()
    assert table["customer.email"].null_count == table["customer.created_at"].null_count


def test_rules_of_the_other_world_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that would be ignored is an error."""
    status = main(["model", "simulate", "--out", str(tmp_path / "town.csv"), "--multiplier", "3"])

    assert status == 2
    assert "multiplier" in capsys.readouterr().err


def test_a_town_of_few_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a sentence that says how many there must be."""
    status = main(["model", "simulate", "--out", str(tmp_path / "town.csv"), "--customers", "5"])

    assert status == 2
    assert "at least 100" in capsys.readouterr().err
