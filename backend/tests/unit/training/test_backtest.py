"""What a model would have done to a file of payments: any file with a fraud is judged, within the gateway's budgets."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

from brain.model.artifact import Model
from commands.app import main
from training.evaluation.backtest import Backtest, backtest, first_test_day
from training.train import ARTIFACTS
from training.world.export import write
from training.world.payments import Payments
from training.world.simulator import SCENARIOS, Rules, simulate

pytestmark = pytest.mark.slow  # worlds of payments are simulated, and models trained on them or judged

SHARES = ("genuine_declined", "genuine_reviewed", "fraud_caught", "fraud_value_caught")


@pytest.fixture(scope="module")
def payments() -> Payments:
    """Fifty days of a small world, 25,000 payments, and more fraud than the budgets have room for."""
    world = simulate(81, Rules(customers=250, terminals=2000, days=50, radius=12.0, customers_compromised_per_day=1))
    return Payments(world.time_ms, world.user, world.terminal, world.amount_minor, world.fraud)


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


def some(payments: Payments, rows: NDArray[np.bool_]) -> Payments:
    """These payments alone."""
    return Payments(
        *(getattr(payments, name)[rows] for name in ("time_ms", "user", "terminal", "amount_minor", "fraud"))
    )


def evaluated(
    payments: Payments, folder: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, dict[str, float], str]:
    """Through the command: exit status, what it found, what it said."""
    columns = {"tx_datetime": pa.array(payments.time_ms).cast(pa.timestamp("ms")), "customer_id": payments.user}
    columns |= {"terminal_id": payments.terminal, "tx_amount": payments.amount_minor / 100, "tx_fraud": payments.fraud}
    parquet.write_table(pa.table(columns), folder / "payments.parquet")
    status = main(["model", "evaluate", "--data", str(folder / "payments.parquet"), "--json", *options])
    printed = capsys.readouterr()
    return status, json.loads(printed.out or "{}"), printed.err


@pytest.mark.parametrize("days", [1, 2, 31])
def test_a_file_of_few_days_is_evaluated(
    payments: Payments, tmp_path: Path, capsys: pytest.CaptureFixture[str], days: int
) -> None:
    """Exit status 0, four shares, and no alarm about a label: nobody knows what made these payments."""
    short = some(payments, payments.day >= payments.day[-1] - days + 1)

    status, found, said = evaluated(short, tmp_path, capsys)

    assert (status, said) == (0, "")
    assert all(0 <= found[name] <= 1 for name in SHARES)
    assert found["payments"] == np.count_nonzero(short.day > short.day[-1] - max(1, -(-days // 2)))


@pytest.mark.parametrize("place", [0.0, 0.4, 0.999], ids=["the first payment", "before the test time", "at the end"])
def test_one_fraud_in_all_is_enough(
    payments: Payments, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: float
) -> None:
    """Wherever it is: the test time then begins with it, and what is caught is all or nothing."""
    fraud = np.arange(payments.fraud.size) == int(place * payments.fraud.size)

    status, found, said = evaluated(replace(payments, fraud=fraud), tmp_path, capsys)

    assert (status, said, found["frauds"]) == (0, "", 1)
    assert found["fraud_caught"] in {0.0, 1.0}
    assert 0 <= found["genuine_reviewed"] <= 1


def test_a_week_without_fraud_is_a_week_like_any_other(
    payments: Payments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other weeks have some, and nothing is said of a leak."""
    week = (payments.day >= 30) & (payments.day < 37)

    status, found, said = evaluated(replace(payments, fraud=payments.fraud & ~week), tmp_path, capsys)

    assert (status, said) == (0, "")
    assert found["fraud_caught"] > 0


def test_without_any_fraud_there_is_nothing_to_catch(
    payments: Payments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2 and one line that names the file."""
    status, found, said = evaluated(replace(payments, fraud=payments.fraud & False), tmp_path, capsys)

    assert (status, found) == (2, {})
    assert said.count("\n") == 1
    assert "payments.parquet: none of these payments is a fraud" in said


def test_the_test_time_is_so_many_weeks_and_at_most_half_of_the_days(payments: Payments) -> None:
    """Of fifty days, counted from the first: with one, two and 52 weeks."""
    assert [first_test_day(payments, weeks=weeks) for weeks in (1, 2, 52)] == [43, 36, 25]
    with_old_frauds = replace(payments, fraud=payments.fraud & (payments.day < 10))
    assert first_test_day(with_old_frauds, weeks=1) == with_old_frauds.day[with_old_frauds.fraud][-1]


def test_the_budgets_of_the_gateway_hold(payments: Payments, model: Model) -> None:
    """
    The model finds far more to block and to review here than it is allowed.

    Blocked are at most two in a thousand of any 10,000 payments. Reviews come down to a few in a hundred once the
    threshold follows the traffic, and nothing is reviewed or blocked below the model's own.
    """
    found = backtest(model, payments, weeks=3, may_block=True)

    would_block = found.scores >= model.thresholds["critical"]
    would_review = found.scores >= model.thresholds["high"]
    blocks = np.concatenate(([0], np.cumsum(found.declined)))
    assert found.fraud.size > 10_000
    assert would_block.mean() > 0.01
    assert found.declined.any()
    assert (blocks[10_000:] - blocks[:-10_000]).max() <= 20
    assert not (found.declined & ~would_block).any()
    assert (found.declined | found.reviewed).mean() < min(0.035, 0.8 * would_review.mean())
    assert found.scores[found.reviewed].min() >= model.thresholds["high"]
    assert (found.fraud_share(found.declined | found.reviewed) or 0) > 0.3


def test_as_shipped_nothing_is_declined(payments: Payments, model: Model) -> None:
    """What would be blocked is reviewed: the same payments stand out either way."""
    shipped, blocking = (backtest(model, payments, weeks=2, may_block=may_block) for may_block in (None, True))

    assert not shipped.declined.any()
    assert np.array_equal(shipped.reviewed, blocking.reviewed | blocking.declined)


def test_the_command_may_judge_the_model_as_if_it_might_block(
    payments: Payments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One option, the other case; without --json a table for people."""
    _, shipped, _ = evaluated(payments, tmp_path, capsys)
    _, blocking, _ = evaluated(payments, tmp_path, capsys, "--may-block")
    main(["model", "evaluate", "--data", str(tmp_path / "payments.parquet"), "--may-block"])
    table = capsys.readouterr().out.splitlines()

    assert (shipped["fraud_declined"], blocking["fraud_declined"] > 0) == (0.0, True)
    assert shipped["fraud_caught"] == blocking["fraud_caught"]
    assert [line.split()[0] for line in table[-3:]] == ["declined", "reviewed", "either"]
    assert f"{blocking['fraud_caught']:.1%}".replace("%", "") in table[-1]


def test_shares_by_hand() -> None:
    """Five payments, three of them frauds of 10, 20 and 70."""
    found = Backtest(
        first_day=0,
        last_day=0,
        fraud=np.array([True, True, True, False, False]),
        amount_minor=np.array([1000, 2000, 7000, 500, 500]),
        scores=np.zeros(5),
        declined=np.array([False, False, True, False, True]),
        reviewed=np.array([True, False, False, False, False]),
    )

    assert (found.genuine_share(found.declined), found.genuine_share(found.reviewed)) == (0.5, 0.0)
    assert found.fraud_share(found.declined | found.reviewed) == pytest.approx(2 / 3)
    assert found.fraud_value_share(found.declined | found.reviewed) == 0.8
    assert replace(found, fraud=np.ones(5, dtype=np.bool_)).genuine_share(found.declined) is None


def test_histories_reach_back_before_the_test_time(payments: Payments, model: Model) -> None:
    """The scores are those that the brain would have given, not those of a service without a past."""
    found = backtest(model, payments, weeks=1)
    alone = backtest(model, some(payments, payments.day >= 43), weeks=1)

    assert found.fraud.size > alone.fraud.size > 0
    assert not np.array_equal(found.scores[-alone.fraud.size :], alone.scores)


def test_what_our_own_simulator_wrote_is_a_file_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV, with its column of scenarios: no ceiling, no alarm."""
    world = simulate(9, Rules(customers=200, terminals=200, days=31, radius=12.0))
    write(tmp_path / "world.csv", world.payments(), SCENARIOS, world.scenario.astype(np.int64))

    status = main(["model", "evaluate", "--data", str(tmp_path / "world.csv"), "--json"])

    found = json.loads(capsys.readouterr().out)
    assert (status, found["first_day"], found["last_day"]) == (0, "2018-04-16", "2018-05-01")


@pytest.mark.parametrize("options", [["--multiplier", "3"], ["--days", "60"], ["--intervals"]])
def test_options_of_a_simulated_world_are_refused_for_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """Nobody knows by what rules it was made."""
    status = main(["model", "evaluate", "--data", str(tmp_path / "payments.csv"), *options])

    assert status == 2
    assert "not for a file" in capsys.readouterr().err
