"""
Judge the shipped model on payments it has never seen: `PYTHONPATH=backend python -m training.evaluate --seed 4242`.

Trains nothing. Exit status 1 when the figures are too good to be honest: then a label leaked. 2 when the payments
cannot be judged.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from brain.errors import ArtifactError
from brain.history import LABEL_DELAY_DAYS
from brain.model import Model
from training.bootstrap import deviations
from training.errors import UnusableDataError
from training.judging import Judged, Week, judge, leak
from training.metrics import mean
from training.options import DATA_HELP, add_rules, from_file, given_rules, simulated
from training.protocol import FIRST_TEST_DAY, WARM_UP_DAYS, WEEKS, date_of
from training.simulate import DAY_MS, LARGE_AMOUNT_MINOR, World
from training.table import print_summary, print_world
from training.train import ARTIFACTS

DEFAULT_SEED = 4242


def main(arguments: list[str] | None = None) -> int:
    """Evaluate and print; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _evaluate(parser, options)
    except (UnusableDataError, ArtifactError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 2


def _evaluate(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    model = Model.load(options.model)
    if not options.json:
        print(f"{model.name} {model.version} ({model.sha256[:12]}), frozen")
    worlds: list[Judged] = []
    for name, world in _worlds(parser, options):
        try:
            weeks = judge(model, world, weeks=options.weeks, label_delay_ms=options.label_delay_days * DAY_MS)
        except UnusableDataError as failure:
            raise UnusableDataError(f"{name}: {failure}") from failure
        _note_weeks(weeks)
        worlds.append(Judged(name, weeks))
        if not options.json:
            print_world(worlds[-1], deviations(weeks) if options.intervals else None)
    if options.json:
        average, ceiling = mean([world.model for world in worlds]), mean([world.ceiling for world in worlds])
        print(json.dumps({**asdict(average), "ceiling_ap": ceiling.ap, "weeks": len(worlds[0].weeks)}))
    else:
        print_summary(worlds)
    leaks = [f"LABEL LEAK, {world.name}: {why}" for world in worlds if (why := leak(world.model, world.ceiling))]
    for line in leaks:
        print(line, file=sys.stderr)
    return 1 if leaks else 0


def _worlds(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Iterator[tuple[str, World]]:
    """Each world and what to call it, made only when its turn comes."""
    drift = "".join(f", {name.replace('_', ' ')} {value}" for name, value in given_rules(options).items())
    if options.data is None:
        for seed in options.seed or [DEFAULT_SEED]:
            yield f"simulated, seed {seed}{drift}", simulated(parser, options, seed)
        return
    world = from_file(parser, options, options.data)
    if strangers := np.count_nonzero(~world.fraud & (world.amount_minor > LARGE_AMOUNT_MINOR)):
        _note(
            f"{strangers:,} genuine payments are over 220, so these were not made by the book's rules: neither the "
            "ceiling nor the alarm for leaks means anything here"
        )
    rules = world.rules
    _note(
        f"{world.time_ms.size:,} payments of {rules.customers:,} customers at {rules.terminals:,} terminals; in "
        f"hindsight terminals were compromised for {rules.terminal_compromise_days} days, customers for "
        f"{rules.customer_compromise_days}, and stolen amounts multiplied by {rules.multiplier}"
    )
    yield str(options.data), world


def _note_weeks(weeks: list[Week]) -> None:
    if weeks[0].first_day != FIRST_TEST_DAY:
        _note(
            f"the book's test weeks, from {date_of(FIRST_TEST_DAY)} on, with {WARM_UP_DAYS} days before them, are not "
            f"there: judged are the last {len(weeks)}, from {date_of(weeks[0].first_day)} on"
        )


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate",
        description="Judge the shipped model by the book's weekly test, on unseen simulated worlds or on a file. "
        "Exit status 1: a label leaked; 2: the payments cannot be judged.",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--seed", type=int, action="append", help=f"of a world; may be repeated ({DEFAULT_SEED})")
    source.add_argument("--data", type=Path, metavar="FILE", help=DATA_HELP)
    parser.add_argument("--weeks", type=int, choices=range(1, WEEKS + 1), default=WEEKS, help="how many test weeks")
    parser.add_argument("--model", type=Path, default=ARTIFACTS, help="directory of the artifact")
    parser.add_argument("--intervals", action="store_true", help="95 %% intervals by redrawing cards: a minute a world")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    parser.add_argument(
        "--label-delay-days",
        type=int,
        choices=range(31),
        metavar="0..30",
        default=LABEL_DELAY_DAYS,
        help="after how many days the model learns of a fraud, while the oracle waits 7: less is a leak, and is "
        "called so; more is what late chargebacks cost (7)",
    )
    add_rules(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
