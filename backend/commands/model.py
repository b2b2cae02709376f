"""`sentinel model`: train the model, judge it, and replay a week through the running chain."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commands import evaluation, own, promotion, worlds
from commands import own_options as options
from commands.errors import CannotDo
from commands.options import AsJson
from commands.working import at_work, own_processes

app = typer.Typer(help="Train the model, judge it, and replay a week through a running gateway.")
app.command()(evaluation.evaluate)


@app.command()
def replay(
    *,
    url: Annotated[
        str | None, typer.Option(help="Of a running gateway. Without it a stack of its own is started.")
    ] = None,
    world: Annotated[
        worlds.World, typer.Option(help="A town of many kinds of payments and frauds, or the Handbook's world.")
    ] = worlds.World.TOWN,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the world.")] = 4242,
    week: Annotated[int, typer.Option(min=1, max=7, metavar="N", help="Which of seven test weeks.")] = 1,
    customers: worlds.Customers = None,
    terminals: worlds.Terminals = None,
    promoted: Annotated[
        Path | None,
        typer.Option(
            "--promote",
            metavar="DIR",
            help="Promote this model in the middle of the week, without shadow. With --url, into MONGODB_URL.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Send a test week, and the 37 days before it, through the real chain, and compare with the offline figures.

    A town's is 60,000 payments or more, one of the Handbook's world 420,000; labels come when they became known. Exit
    status 1: the two differ by more than 0.01 AP.
    """
    from training.replay import SentWeek, compare_live_with_offline
    from training.world.simulator import Rules as HandbookRules
    from training.world.town.rules import Rules

    given = worlds.only_given(customers=customers, terminals=terminals)
    with own_processes(), at_work() as progress:
        if world is worlds.World.TOWN:
            rules = Rules(**{"users": 6_000, "merchants": 1_000} | worlds.town_rules(given))
            sent = SentWeek.of_town(seed, week, rules)
        else:
            sent = SentWeek.of_handbook(seed, week, HandbookRules(**given))
        promote = None if promoted is None else (promoted, partial(promotion.promote_at_once, promoted))
        is_same = compare_live_with_offline(url, sent, as_json=as_json, progress=progress, promote=promote)
    raise typer.Exit(not is_same)


app.command()(evaluation.drift)
app.command()(evaluation.calibrate)


@app.command()
def ablation(*, as_json: AsJson = False) -> None:
    """Show what each group of features is worth: average precision without it, in about four minutes."""
    from training.ablation import ablate

    with at_work() as progress:
        ablate(as_json=as_json, progress=progress)


@app.command()
def train(
    *,
    data: options.Data = None,
    ledger: options.Ledger = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write the artifact. Without it, and --data: over the shipped one."),
    ] = None,
    columns: options.Map = None,
    label_delay_days: options.LabelDelay = None,
    decimal: options.DecimalMark = None,
    dates: options.Dates = None,
    test_days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many days at the end are kept to judge the model (56).")
    ] = None,
    decline_cap: options.DeclineCap = None,
    reviews_a_day: options.ReviewsADay = None,
    margin: options.Margin = None,
    fee: options.Fee = None,
    review_cost: options.ReviewCost = None,
    review_from: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Frauds it takes to send payments to reviews (150).")
    ] = None,
    block_from: Annotated[int | None, typer.Option(min=0, metavar="N", help="Frauds it takes to block (400).")] = None,
    present: options.Present = None,
    report: options.Report = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Of the shipped model: write nothing; compare with the artifact that is there."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Train a model on your own payments; without --data or --ledger the shipped one.

    Of your own the last days are kept for a test, and the model, its figures beside the present model and two
    baselines, and a report go to --out. The shipped model is the same for the same code, packages and seeds. Exit
    status 1 of --check: the artifact that is there is another one.
    """
    if data is not None or ledger:
        if out is None or check:
            raise CannotDo("--data or --ledger needs --out DIR, and no --check")
        own.train_own(
            data, out, ledger=ledger,
            columns=columns, label_delay_days=label_delay_days, decimal=decimal, dates=dates, test_days=test_days,
            decline_cap=decline_cap, reviews_a_day=reviews_a_day, margin=margin, fee=fee, review_cost=review_cost,
            review_from=review_from, block_from=block_from, present=present, report=report, as_json=as_json,
        )  # fmt: skip
        return
    from training.train import ARTIFACTS
    from training.train import train as train_model

    with at_work() as progress:
        status = train_model(out or ARTIFACTS, check=check, as_json=as_json, progress=progress)
    raise typer.Exit(status)


app.registered_commands += promotion.app.registered_commands
app.command()(own.backtest)
app.command()(own.thresholds)


@app.command()
def simulate(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Its ending: .csv, .csv.gz or .parquet.")],
    world: Annotated[
        worlds.World, typer.Option(help="A town of many kinds of payments and frauds, or the Handbook's world.")
    ] = worlds.World.TOWN,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed and rules make the same world.")] = 0,
    customers: worlds.Customers = None,
    terminals: worlds.Terminals = None,
    days: worlds.Days = None,
    multiplier: worlds.Multiplier = None,
    terminal_compromise_days: worlds.TerminalDays = None,
    customer_compromise_days: worlds.CustomerDays = None,
) -> None:
    """
    Write a simulated world of card payments into a file, one row a payment, in order of time.

    The columns have the names of the API; then is_fraud and label_at, as merchants are told, and scenario, the truth.
    Nothing in it is evidence about real fraud.
    """
    from training.simulate import write_town, write_world

    of_both = worlds.only_given(customers=customers, terminals=terminals, days=days)
    of_book = worlds.only_given(
        multiplier=multiplier,
        terminal_compromise_days=terminal_compromise_days,
        customer_compromise_days=customer_compromise_days,
    )
    if world is worlds.World.TOWN and of_book:
        raise CannotDo(f"{', '.join(of_book)}: rules of the Handbook's world only")
    with at_work():
        if world is worlds.World.TOWN:
            typer.echo(write_town(out, seed, worlds.town_rules(of_both)))
        else:
            typer.echo(write_world(out, seed, of_both | of_book))
