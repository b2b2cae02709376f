"""`sentinel model evaluate|calibrate|drift`: how good the model is."""

from pathlib import Path
from typing import Annotated

import typer

from commands import worlds
from commands.errors import CannotDo
from commands.options import AsJson
from commands.working import at_work, load_model

_WEEKS, _FILE_WEEKS, _FILE_WEEKS_MAX = 7, 8, 52  # test weeks of the book's world; of a file
_FIRST_UNSEEN, _SEEDS = 11, (11, 12, 13)


def evaluate(
    *,
    world: Annotated[
        worlds.World, typer.Option(help="Towns of many kinds of payments and frauds, or the Handbook's worlds.")
    ] = worlds.World.TOWN,
    seed: worlds.Seeds = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=20, metavar="N", help="How many unseen worlds, from seed 11 on.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Instead of a simulated world payments in a file (.csv, .csv.gz, .parquet) with the columns "
            "tx_datetime (UTC unless it says otherwise), customer_id, terminal_id, tx_amount and tx_fraud, in any "
            "order; at least one must be a fraud.",
        ),
    ] = None,
    weeks: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=_FILE_WEEKS_MAX,
            metavar="N",
            help=f"How many test weeks, at most: of a world {_WEEKS}, of a file the last {_FILE_WEEKS} and no more "
            "than half of its days.",
        ),
    ] = None,
    may_block: Annotated[
        bool, typer.Option("--may-block", help="Judge a file as if the model's metadata said that it may block.")
    ] = False,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Add 95 % intervals by redrawing cards: a minute a world.")
    ] = False,
    label_delay_days: Annotated[
        int,
        typer.Option(
            min=0,
            max=30,
            metavar="N",
            help="After how many days the model learns of a fraud, while the oracle waits 7: less is a leak, and is "
            "called so; more is what late chargebacks cost.",
        ),
    ] = 7,
    model: worlds.Model = None,
    customers: worlds.Customers = None,
    terminals: worlds.Terminals = None,
    days: worlds.Days = None,
    multiplier: worlds.Multiplier = None,
    terminal_compromise_days: worlds.TerminalDays = None,
    customer_compromise_days: worlds.CustomerDays = None,
    as_json: AsJson = False,
) -> None:
    """
    Judge the shipped model on payments that it has never seen. Trains nothing.

    On towns against the truth, in about a minute each; on the Handbook's worlds by its weekly test; on a file by what
    it would have declined, reviewed and caught. Exit status 1: figures of the Handbook's test too good to be honest, so
    a label leaked.
    """
    from training.evaluate import evaluate_file, evaluate_towns, evaluate_worlds

    of_both = worlds.only_given(customers=customers, terminals=terminals, days=days)
    of_book = worlds.only_given(
        multiplier=multiplier,
        terminal_compromise_days=terminal_compromise_days,
        customer_compromise_days=customer_compromise_days,
    )
    given = of_both | of_book
    which = seed or list(range(_FIRST_UNSEEN, _FIRST_UNSEEN + (seeds or 1)))
    if data is not None and (seed or seeds or given or intervals):
        raise CannotDo("--seed, --seeds, --intervals and the rules of a world are for simulated worlds, not for a file")
    if data is None and world is worlds.World.TOWN and (of_book or weeks or intervals):
        raise CannotDo(
            "--weeks, --intervals and the rules of thefts are for the Handbook's worlds: add --world handbook"
        )
    if data is None and weeks is not None and weeks > _WEEKS:
        raise CannotDo(f"--weeks: a simulated world has {_WEEKS} test weeks")
    with at_work() as progress:
        judged = load_model(model)
        if data is not None:
            evaluate_file(
                judged,
                data,
                weeks=weeks or _FILE_WEEKS,
                label_delay_days=label_delay_days,
                may_block=may_block,
                as_json=as_json,
            )
            return
        if world is worlds.World.TOWN:
            rules = worlds.town_rules(of_both)
            evaluate_towns(judged, seeds=which, given=rules, as_json=as_json, progress=progress)
            return
        is_honest = evaluate_worlds(
            judged,
            seeds=which,
            given=given,
            weeks=weeks or _WEEKS,
            label_delay_days=label_delay_days,
            intervals=intervals,
            as_json=as_json,
            progress=progress,
        )
    raise typer.Exit(not is_honest)


def calibrate(
    *,
    seed: worlds.Seeds = None,
    weeks: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many test weeks of each world, at most.")
    ] = _WEEKS,
    model: worlds.Model = None,
    customers: worlds.Customers = None,
    terminals: worlds.Terminals = None,
    days: worlds.Days = None,
    multiplier: worlds.Multiplier = None,
    terminal_compromise_days: worlds.TerminalDays = None,
    customer_compromise_days: worlds.CustomerDays = None,
    as_json: AsJson = False,
) -> None:
    """
    Hold the risk scores against what happened: is the score a probability? Changes nothing.

    Looks at every payment of the test weeks of unseen worlds, with the map that the model brings and without it.
    """
    from training.calibrate import compare_scores_with_outcomes

    with at_work() as progress:
        compare_scores_with_outcomes(
            load_model(model),
            seeds=seed or _SEEDS,
            given=worlds.only_given(
                customers=customers,
                terminals=terminals,
                days=days,
                multiplier=multiplier,
                terminal_compromise_days=terminal_compromise_days,
                customer_compromise_days=customer_compromise_days,
            ),
            weeks=weeks,
            as_json=as_json,
            progress=progress,
        )


def drift(
    *,
    seed: worlds.Seeds = None,
    weeks: Annotated[
        int, typer.Option(min=1, max=_WEEKS, metavar="N", help="Test weeks of each world.")
    ] = 2,  # the share of the ceiling hardly moves from week to week, unlike AP itself
    model: worlds.Model = None,
    as_json: AsJson = False,
) -> None:
    """
    Show how the model does once the fraudsters change, and what retraining gains: about four minutes.

    Exit status 1: the model falls below what it must reach.
    """
    from training.drift import measure

    with at_work() as progress:
        is_good = measure(load_model(model), seeds=seed or _SEEDS, weeks=weeks, as_json=as_json, progress=progress)
    raise typer.Exit(not is_good)
