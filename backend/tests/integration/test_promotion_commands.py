"""`sentinel model promote|rollback|list` on a real MongoDB: a model proves itself before it decides."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brain.model.artifact import Model
from brain.settings import HERE
from commands.app import main
from records.account import ACCOUNT
from tests.promoted import Promotions, an_artifact, promotions, write

SHIPPED = Model.load(HERE / "artifacts")
BETTER: dict[str, Any] = {
    "with": {"name": SHIPPED.name, "version": SHIPPED.version},
    "models": {"candidate": {"ap": 0.6, "money": 900.0}, "present": {"ap": 0.5, "money": 1000.0}},
}
WORSE = BETTER | {"models": {"candidate": {"ap": 0.4, "money": 900.0}, "present": {"ap": 0.5, "money": 1000.0}}}


class Shell:
    """Runs commands and reads what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """The exit status, and the line of JSON."""
        status = main(["model", *arguments, "--json"])
        printed = self._capsys.readouterr()
        return status, json.loads(printed.out or json.dumps({"error": printed.err}))


@pytest.fixture
def shell(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    mongod_url: str,
    fresh_databases: dict[str, str],
) -> Shell:
    """Whose settings name an empty ledger."""
    monkeypatch.setenv("MONGODB_URL", mongod_url)
    for name, database in fresh_databases.items():
        monkeypatch.setenv(name, database)
    return Shell(capsys)


def both_scored(models: Promotions, count: int, frauds: int) -> None:
    """So many payments, of which the first are labelled frauds: the model in shadow knows, the other one does not."""
    at = datetime.now(UTC) + timedelta(seconds=1)
    records = [
        {
            "account": ACCOUNT,
            "transaction_id": f"t{n}",
            "created_at": at,
            "verdict": {
                "decision_source": "model",
                "risk_score": 0.5,
                "model": {"name": SHIPPED.name, "version": SHIPPED.version},
                "shadow": {
                    "risk_score": 0.9 if n < frauds else 0.1,
                    "model": {"name": "sentinel-gbdt", "version": "next"},
                },
            },
        }
        for n in range(count)
    ]
    models.ledger["transactions"].insert_many(records)
    models.ledger["labels"].insert_many([{"_id": f"t{n}", "is_fraud": True} for n in range(frauds)])


def test_a_model_runs_along_proves_itself_decides_and_is_taken_back(
    shell: Shell, tmp_path: Path, mongod_url: str, fresh_databases: dict[str, str]
) -> None:
    """Each step says why, and is on record with its figures."""
    artifact = an_artifact("next", backtest=BETTER)
    directory = str(write(artifact, tmp_path))

    first, shadow = shell.run("promote", directory, "--by", "ann", "--why", "own labels")
    write(an_artifact("next", backtest=BETTER | {"rows": 7}), tmp_path)  # as judging it once more leaves it
    second, early = shell.run("promote", directory)
    with promotions(mongod_url, fresh_databases) as models:
        both_scored(models, 1000, 10)
    third, live = shell.run("promote", directory, "--by", "bob")
    fourth, again = shell.run("promote", directory)
    _, listed = shell.run("list")
    fifth, back = shell.run("rollback", "--by", "eve", "--why", "too many reviews")
    sixth, error = shell.run("rollback")

    assert (first, shadow["action"], shadow["shadow"]) == (0, "shadow", artifact.id)
    assert (second, early["action"], "too early" in early["reason"]) == (1, None, True)
    assert (third, live["action"], live["live"], live["shadow"]) == (0, "promote", artifact.id, None)
    assert (live["facts"]["new"]["ap"], live["facts"]["present"]["ap"]) == (1.0, pytest.approx(0.01))
    assert (fourth, again["action"]) == (0, None)
    assert [model["role"] for model in listed["models"]] == ["live"]
    assert [(one["action"], one["by"], one["why"]) for one in listed["changes"]] == [
        ("promote", "bob", ""),
        ("shadow", "ann", "own labels"),
    ]
    assert listed["changes"][1]["facts"]["new"] == BETTER["models"]["candidate"]
    assert (fifth, back["live"]) == (0, None)
    assert (sixth, "nothing was promoted" in error["error"]) == (2, True)


def test_a_first_model_may_decide_at_once_and_that_is_on_record(shell: Shell, tmp_path: Path) -> None:
    """It is compared all the same."""
    directory = str(write(an_artifact("next", backtest=BETTER), tmp_path))

    status, _ = shell.run("promote", directory, "--without-shadow")
    _, listed = shell.run("list")

    assert status == 0
    assert listed["live"] == listed["models"][0]["id"]
    assert listed["changes"][0]["facts"]["without_shadow"] is True


@pytest.mark.parametrize(
    ("backtest", "reason"),
    [
        (None, "never compared"),
        (BETTER | {"with": {"name": "another", "version": "1"}}, "never compared"),
        (WORSE, "not better"),
    ],
    ids=["never compared", "compared with another", "worse"],
)
def test_a_model_that_is_not_known_to_be_better_is_refused(
    shell: Shell, tmp_path: Path, backtest: dict[str, Any] | None, reason: str
) -> None:
    """And nothing is changed, with shadow or without."""
    directory = str(write(an_artifact("next", backtest=backtest), tmp_path))

    for options in ([], ["--without-shadow"]):
        status, said = shell.run("promote", directory, *options)
        assert status == 1
        assert reason in said["reason"]
    assert shell.run("list")[1] == {"live": None, "shadow": None, "models": [], "changes": []}


def test_the_present_model_is_that_of_the_brains_settings(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To be better than the one that ships proves nothing where another one decides."""
    monkeypatch.setenv("BRAIN_MODEL_DIR", str(write(an_artifact("present"), tmp_path / "present")))
    with_it = BETTER | {"with": {"name": SHIPPED.name, "version": "present"}}

    shipped, _ = shell.run("promote", str(write(an_artifact("one", backtest=BETTER), tmp_path / "one")))
    present, _ = shell.run("promote", str(write(an_artifact("two", backtest=with_it), tmp_path / "two")))

    assert (shipped, present) == (1, 0)


def test_payments_that_tell_nothing_are_no_comparison(shell: Shell, tmp_path: Path) -> None:
    """Named by --ledger or --data, they count, whatever training recorded."""
    directory = str(write(an_artifact("next", backtest=BETTER), tmp_path))

    ledger, said = shell.run("promote", directory, "--ledger")
    file, _ = shell.run("promote", directory, "--data", str(tmp_path / "none.csv"))

    assert (ledger, file) == (2, 2)
    assert "holds no payment" in said["error"]


def test_two_artifacts_of_one_version_are_refused(shell: Shell, tmp_path: Path) -> None:
    """Verdicts name a model by its version: they would be compared as if they were one."""
    one = write(an_artifact("next", backtest=BETTER), tmp_path / "one")
    other = write(an_artifact("next", backtest=BETTER, may_block=True), tmp_path / "other")
    shell.run("promote", str(one))

    status, said = shell.run("promote", str(other))

    assert status == 2
    assert "version of its own" in said["error"]


def test_a_broken_artifact_is_not_kept(shell: Shell, tmp_path: Path) -> None:
    """A brain would refuse it, seconds later, for all to see."""
    directory = write(an_artifact("next", backtest=BETTER, thresholds={"medium": 2}), tmp_path)

    status, said = shell.run("promote", str(directory), "--without-shadow")

    assert status == 2
    assert "damaged" in said["error"]
    assert shell.run("list")[1]["models"] == []


def test_a_ledger_that_does_not_answer_is_named_without_its_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal that others may see."""
    monkeypatch.setenv("MONGODB_URL", "mongodb://ann:secret@127.0.0.1:9/")

    status, said = shell.run("list")

    assert status == 2
    assert "MongoDB does not answer" in said["error"]
    assert "secret" not in said["error"]
