"""Payments from a file are read whole or refused in one line that says where."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from commands.app import main
from training.errors import UnusableDataError
from training.world.datafile import read
from training.world.export import write
from training.world.simulator import SCENARIOS, Rules, World, simulate

HEADER = "tx_datetime,customer_id,terminal_id,tx_amount,tx_fraud"


@pytest.fixture(scope="module")
def world() -> World:
    """Fifty-one days of a small world: two test weeks."""
    return simulate(71, Rules(customers=300, terminals=300, days=51, radius=10.0))


def a_file(folder: Path, *rows: str, header: str = HEADER, name: str = "payments.csv") -> Path:
    """A CSV file of these rows."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.mark.parametrize("name", ["world.csv", "world.csv.gz", "world.parquet", "WORLD.PARQUET"])
def test_what_was_written_is_read_back(world: World, tmp_path: Path, name: str) -> None:
    """Every payment, to the cent and the second, by any ending."""
    write(tmp_path / name, world.payments(), SCENARIOS, world.scenario.astype(np.int64))

    payments = read(tmp_path / name)

    assert np.array_equal(payments.time_ms, world.time_ms)
    assert np.array_equal(payments.amount_minor, world.amount_minor)
    assert np.array_equal(payments.fraud, world.fraud)
    for mine, theirs in ((payments.user, world.user), (payments.terminal, world.terminal)):
        pairs = np.unique(np.stack([mine, theirs]), axis=1)
        assert np.unique(mine).size == pairs.shape[1] == np.unique(theirs).size


def test_other_peoples_files_are_understood(tmp_path: Path) -> None:
    """Capitals, other columns, ids as text, any order, float noise, zones and a byte-order mark."""
    path = a_file(
        tmp_path,
        "0,x,17.299999999999997,1,2018-04-02T00:30:00+02:00,t-9,c-1",
        "1,y,0,0.0,2018-04-01 07:00:00,t-9,c-2",
        "2,,220.00000000000003,true, 2018-04-01T06:59:59.250Z ,t-1,c-1",
        "3,,1e2,FALSE,2018-04-01,t-1,c-1",
        header="\ufeff,note,TX_AMOUNT,Tx_Fraud,tx_datetime, terminal_id,CUSTOMER_ID",
    )

    payments = read(path)

    assert payments.amount_minor.tolist() == [10_000, 22_000, 0, 1_730]
    assert payments.fraud.tolist() == [False, True, False, True]
    assert ((payments.time_ms - payments.time_ms[0]) / 1000).tolist() == [0, 25_199.25, 25_200, 81_000]
    assert payments.user.tolist() == [0, 0, 1, 0]
    assert payments.terminal.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("times", "labels", "amounts"),
    [
        (pa.timestamp("ns"), pa.bool_(), pa.float32()),
        (pa.timestamp("us", tz="Europe/Paris"), pa.float64(), pa.decimal128(21, 2)),
        (pa.timestamp("s"), pa.int8(), pa.int64()),
    ],
)
def test_parquet_columns_may_have_any_fitting_type(
    tmp_path: Path, times: pa.DataType, labels: pa.DataType, amounts: pa.DataType
) -> None:
    """A zone changes how an instant is shown, never which one it is."""
    instants = [datetime(2018, 7, 31, 1, 20, tzinfo=UTC), datetime(2018, 7, 31, 1, 21, tzinfo=UTC)]
    columns = {
        "tx_datetime": pa.array(instants, pa.timestamp("us", tz="UTC")).cast(times),
        "customer_id": pa.array(["a", "b"]).dictionary_encode(),
        "terminal_id": pa.array([7.0, 8.0]),
        "tx_amount": pa.array([12, 13]).cast(amounts),
        "tx_fraud": pa.array([0, 1]).cast(labels),
    }
    parquet.write_table(pa.table(columns), tmp_path / "typed.parquet")

    payments = read(tmp_path / "typed.parquet")

    assert payments.time_ms.tolist() == [1_533_000_000_000, 1_533_000_060_000]
    assert payments.amount_minor.tolist() == [1_200, 1_300]
    assert payments.fraud.tolist() == [False, True]


GOOD = "2018-04-01,c,t,1.5,0"


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        ("tx_datetime,customer_id,tx_amount,tx_fraud", ["2018-04-01,c,1,0"], "no column terminal_id"),
        (HEADER + ",TX_AMOUNT", [GOOD + ",2"], "2 columns are called tx_amount"),
        (HEADER, [GOOD, "2018-04-31 10:00:00,c,t,1.5,0"], "column tx_datetime, row 2: '2018-04-31 10:00:00'"),
        (HEADER, [GOOD, GOOD, "1522540831,c,t,1.5,0"], "column tx_datetime, row 3: '1522540831'"),
        (HEADER, ["1969-04-01,c,t,1.5,0"], "column tx_datetime, row 1: '1969-04-01' is not a time of 1970 to 2039"),
        (HEADER, [GOOD, ",c,t,1.5,0"], "column tx_datetime, row 2: no value"),
        (HEADER, [GOOD, "2018-04-01,,t,1.5,0"], "column customer_id, row 2: no value"),
        (HEADER, [GOOD, "2018-04-01,c,t,-1.5,0"], "column tx_amount, row 2: '-1.5' is not an amount"),
        (HEADER, [GOOD, "2018-04-01,c,t,NaN,0"], "column tx_amount, row 2: no value"),
        (HEADER, [GOOD, "2018-04-01,c,t,inf,0"], "column tx_amount, row 2: 'inf' is not an amount"),
        (HEADER, ["2018-04-01,c,t,1e15,0"], "column tx_amount, row 1: '1e15' is not an amount"),
        (HEADER, [GOOD, GOOD, GOOD, '2018-04-01,c,t,"1,5",0'], "column tx_amount, row 4: '1,5' is not an amount"),
        (HEADER, [GOOD, "2018-04-01,c,t,1.5,2"], "column tx_fraud, row 2: '2' is not 0 or 1"),
        (HEADER, [GOOD, "2018-04-01,c,t,1.5"], "Row #3: Expected 5 columns, got 4"),
        (HEADER, [], "no payment in it"),
        ("", [], "no payment in it"),
        (HEADER, [GOOD], "payments.csv: none of these payments is a fraud"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, header: str, rows: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the command: file, column and row, status 2, nothing on stdout and never a traceback."""
    path = a_file(tmp_path, *rows, header=header)

    status = main(["model", "evaluate", "--data", str(path), "--json"])

    printed = capsys.readouterr()
    last = printed.err.splitlines()[-1]
    assert status == 2
    assert printed.out == ""
    assert last.startswith(f"sentinel: {path}")
    assert said in last


@pytest.mark.parametrize("name", ["missing.csv", "payments.txt", "folder.csv", "damaged.parquet", "damaged.csv.gz"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Absent, of another kind, a folder, or not what its ending says."""
    (tmp_path / "folder.csv").mkdir()
    for damaged in ("payments.txt", "damaged.parquet", "damaged.csv.gz"):
        (tmp_path / damaged).write_bytes(b"\x1f\x8b not what it says")

    status = main(["model", "evaluate", "--data", str(tmp_path / name)])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"sentinel: {tmp_path / name}")


def test_not_a_number_in_parquet_is_refused(tmp_path: Path) -> None:
    """There NaN is a value, not an absence."""
    columns = {"tx_datetime": ["2018-04-01"], "customer_id": [1], "terminal_id": [1], "tx_fraud": [0]}
    parquet.write_table(pa.table({**columns, "tx_amount": [float("nan")]}), tmp_path / "nan.parquet")

    with pytest.raises(UnusableDataError, match="column tx_amount, row 1: 'nan' is not an amount"):
        read(tmp_path / "nan.parquet")


def test_a_file_that_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong ending, and a folder that is not there."""
    small = ["--customers", "10", "--terminals", "10", "--days", "3"]

    wrong = [str(tmp_path / name) for name in ("world.xls", "nowhere/world.csv")]

    statuses = [main(["model", "simulate", "--out", name, *small]) for name in wrong]

    assert statuses == [2, 2]
    assert all(line.startswith("sentinel: ") for line in capsys.readouterr().err.splitlines())


def test_gzip_is_really_gzip(tmp_path: Path, world: World) -> None:
    """Other tools open it too."""
    write(tmp_path / "world.csv.gz", world.payments(), SCENARIOS, world.scenario.astype(np.int64))

    with gzip.open(tmp_path / "world.csv.gz", "rt") as text:
        first = next(text)

    columns = "transaction_id,timestamp,amount,currency,user_id,merchant_id,is_fraud,label_at,scenario"
    assert first.replace('"', "").strip() == columns
