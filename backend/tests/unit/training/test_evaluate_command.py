"""`sentinel model evaluate` prints the figures of worlds, and says when a label leaked."""

import json

import pytest

from commands.app import main

pytestmark = pytest.mark.slow  # worlds of payments are simulated, and models trained on them or judged


def test_the_shipped_model_clears_the_bar_on_an_unseen_week(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One week of a world of the book's size, through the command, without the alarm for leaks.

    It is the second world of the model, which a town teaches: a model of this world alone reached three quarters.
    """
    status = main(["model", "evaluate", "--world", "handbook", "--seed", "4242", "--weeks", "1", "--json"])

    out = capsys.readouterr().out
    told = json.loads(out)
    assert status == 0
    assert out.count("\n") == 1
    assert told.keys() == {"auc", "ap", "cp100", "recall_1fpr", "ceiling_ap", "weeks"}
    assert told["weeks"] == 1
    assert told["ap"] >= 0.35
    assert told["ap"] >= 0.55 * told["ceiling_ap"]


def test_labels_seen_too_early_are_flagged_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A real leak: the model's features know each fraud at once, the oracle a week later."""
    arguments = [
        "model",
        "evaluate",
        "--world",
        "handbook",
        "--seed",
        "11",
        "--customers",
        "1000",
        "--terminals",
        "2000",
        "--days",
        "60",
        "--weeks",
        "1",
        "--json",
    ]

    honest, leaking = main(arguments), main([*arguments, "--label-delay-days", "0"])

    printed = capsys.readouterr()
    assert (honest, leaking) == (0, 1)
    assert "LABEL LEAK" in printed.err
    ap, leaked_ap = (json.loads(line)["ap"] for line in printed.out.splitlines())
    assert leaked_ap > ap + 0.1


def test_several_worlds_are_shown_each_and_together(capsys: pytest.CaptureFixture[str]) -> None:
    """The table names every seed, and the JSON holds the mean over them."""
    small = ["--customers", "500", "--terminals", "1000", "--days", "52", "--weeks", "2"]

    main(["model", "evaluate", "--world", "handbook", "--seed", "3", "--seed", "4", "--intervals", *small])
    table = capsys.readouterr().out
    main(["model", "evaluate", "--world", "handbook", "--seed", "3", "--json", *small])
    main(["model", "evaluate", "--world", "handbook", "--seed", "4", "--json", *small])
    main(["model", "evaluate", "--world", "handbook", "--seed", "3", "--seed", "4", "--json", *small])
    third, fourth, both = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    for words in (
        "seed 3",
        "seed 4",
        "sd over the weeks",
        "cards redrawn",
        "the oracle",
        "sd over the worlds",
        "customers 500",
    ):
        assert words in table
    for name in ("auc", "ap", "cp100", "recall_1fpr", "ceiling_ap"):
        assert both[name] == pytest.approx((third[name] + fourth[name]) / 2)
    assert both["weeks"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seed", "1", "--data", "x.csv"],
        ["--weeks", "8"],
        ["--customers", "0"],
        ["--terminals", "1", "--world", "handbook"],
        ["--world", "handbook", "--weeks", "8"],
        ["--multiplier", "3"],
        ["--data", "x.csv", "--days", "100"],
        ["--label-delay-days", "-1"],
    ],
    ids=[
        "two sources",
        "weeks of a town",
        "nobody",
        "too few terminals",
        "too many weeks",
        "thefts of a town",
        "size of a file",
        "labels before the fraud",
    ],
)
def test_senseless_options_are_refused_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The reason, and status 2."""
    status = main(["model", "evaluate", *arguments])

    said = capsys.readouterr()
    assert (status, len(said.err.splitlines())) == (2, 1)
    assert said.err.startswith("sentinel")
