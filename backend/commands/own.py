"""`sentinel model train --data`, `backtest` and `thresholds`: a model made of a merchant's own payments."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import own_options as options
from commands.options import AsJson
from commands.working import at_work, load_model

if TYPE_CHECKING:
    from training.own.comparing import Comparison

_TEST_DAYS = 56

TestDays = Annotated[int, typer.Option(min=1, metavar="N", help="How many days at the end are judged.")]


def train_own(
    data: Path | None,
    out: Path,
    *,
    ledger: bool,
    columns: str | None,
    label_delay_days: int | None,
    decimal: str | None,
    dates: str | None,
    test_days: int | None,
    decline_cap: str | None,
    reviews_a_day: float | None,
    margin: str | None,
    fee: float | None,
    review_cost: float | None,
    review_from: int | None,
    block_from: int | None,
    present: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Train on a file or the ledger, and print and report what came of it."""
    from training.own.report import REPORT_FILE, write_report
    from training.own.training import BLOCK_FROM, REVIEW_FROM, Plan
    from training.own.training import train_own as train

    by = options.costs(margin, fee, review_cost)
    plan = Plan(
        test_days=test_days or _TEST_DAYS,
        wish=options.wish(decline_cap, reviews_a_day, margin, fee, by),
        costs=by,
        review_from=REVIEW_FROM if review_from is None else review_from,
        block_from=BLOCK_FROM if block_from is None else block_from,
    )
    with at_work() as progress:
        own = options.read_own(data, columns, label_delay_days, decimal, dates, ledger=ledger)
        trained = train(own, out, plan, present=load_model(present), progress=progress)
        path = report or out / REPORT_FILE
        write_report(path, trained.comparison, trained.model, trained.metadata, trained.notes)
    _show(trained.comparison, trained.metadata, trained.notes, path, as_json=as_json)


def backtest(
    *,
    data: options.Data = None,
    ledger: options.Ledger = False,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Directory of the artifact. Without it: the shipped model.")
    ] = None,
    test_days: TestDays = _TEST_DAYS,
    columns: options.Map = None,
    label_delay_days: options.LabelDelay = None,
    decimal: options.DecimalMark = None,
    dates: options.Dates = None,
    margin: options.Margin = None,
    fee: options.Fee = None,
    review_cost: options.ReviewCost = None,
    present: options.Present = None,
    report: options.Report = None,
    as_json: AsJson = False,
) -> None:
    """
    Say what a model would have done to the last days of your own payments. Trains nothing.

    Never judges days that the model was trained on. A file that begins later than the training is judged with the
    history that was kept beside the model. Thresholds are taken as they are, as if the model might block.
    """
    from training.own.backtest import backtest_own, source_of
    from training.own.report import write_report
    from training.train import ARTIFACTS

    with at_work() as progress:
        progress("reading", 0, 2)
        like = source_of(model or ARTIFACTS)
        own = options.read_own(data, columns, label_delay_days, decimal, dates, ledger=ledger, like=like)
        progress("judging", 1, 2)
        found = backtest_own(
            own,
            model or ARTIFACTS,
            present=load_model(present),
            test_days=test_days,
            costs=options.costs(margin, fee, review_cost),
        )
        path = report or (model or Path()) / "backtest.html"
        write_report(path, found.comparison, found.model, found.metadata, found.notes)
    _show(found.comparison, found.metadata, found.notes, path, as_json=as_json)


def thresholds(
    *,
    model: Annotated[Path, typer.Option(metavar="DIR", help="Directory of a model that was trained with --data.")],
    decline_cap: options.DeclineCap = None,
    reviews_a_day: options.ReviewsADay = None,
    margin: options.Margin = None,
    fee: options.Fee = None,
    review_cost: options.ReviewCost = None,
    as_json: AsJson = False,
) -> None:
    """
    Choose other thresholds for a trained model: by false declines, by reviews a day, or by money.

    Uses the scores that were kept beside it, of payments that its trees were not trained on, and writes its metadata.
    """
    from training.own.unseen import choose_again
    from training.own.words import FIGURES, figure

    with at_work():
        by = options.wish(decline_cap, reviews_a_day, margin, fee, options.costs(margin, fee, review_cost))
        chosen = choose_again(model, by)
    if as_json:
        print(json.dumps(chosen))
        return
    print("\n".join(f"{level:<9}{score:.4f}" for level, score in chosen["thresholds"].items()))
    print(f"chosen {chosen['thresholds_chosen']}; the model's version is now {chosen['version']}")
    figures = chosen["metrics"]
    said = [f"{heading} {figure(name, figures.get(name))}" for name, heading, _ in FIGURES]
    print(f"in the test of its training: {', '.join(said)} (report.html is of the thresholds before)")


def _show(found: "Comparison", metadata: dict[str, Any], notes: Sequence[str], report: Path, *, as_json: bool) -> None:
    from training.own.words import summary, table

    said = [*found.own.wrong, *notes]
    if as_json:
        print(json.dumps(summary(found, metadata) | {"notes": said, "report": str(report)}))
        return
    for note in said:
        print(f"note: {note}")
    print(f"\n{found.judged.fraud.size:,} payments judged, {int(found.judged.fraud.sum()):,} of them fraud\n")
    print(table(found))
    print(f"\nreport: {report}")
