"""
Judge the shipped model on payments it has never seen: `PYTHONPATH=backend python -m training.evaluate --seed 4242`.

Or on a file of payments, `--data FILE`: what would have been declined, reviewed and caught, with the gateway's budgets.

Trains nothing. Exit status 1 when the figures of a simulated world are too good to be honest: then a label leaked. 2
when the payments cannot be judged.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from brain.domain import LABEL_DELAY_DAYS
from brain.errors import ArtifactError
from brain.model.artifact import Model
from training.errors import UnusableDataError
from training.evaluation.backtest import backtest
from training.evaluation.backtest_report import sentences, summary
from training.evaluation.bootstrap import deviations
from training.evaluation.metrics import mean
from training.evaluation.table import print_summary, print_world
from training.evaluation.weeks import Judged, Week, judge, leak
from training.examples.protocol import FIRST_TEST_DAY, WARM_UP_DAYS, WEEKS, date_of
from training.options import add_rules, given_rules, simulated
from training.train import ARTIFACTS
from training.world.datafile import ENDINGS, read
from training.world.simulator import DAY_MS, World

DEFAULT_SEED = 4242
FILE_WEEKS, WEEKS_MAX = 8, 52
DATA_HELP = (
    f"payments in a file ({', '.join(ENDINGS)}) with the columns tx_datetime (UTC unless it says otherwise), "
    "customer_id, terminal_id, tx_amount and tx_fraud, in any order, instead of a simulated world; at least one must "
    "be a fraud"
)


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
    if options.data is not None:
        return _evaluate_file(parser, options, model)
    if options.weeks is not None and options.weeks > WEEKS:
        parser.error(f"--weeks: a simulated world has {WEEKS} test weeks")
    weeks_max = options.weeks or WEEKS
    worlds: list[Judged] = []
    for name, world in _worlds(parser, options):
        try:
            weeks = judge(model, world, weeks=weeks_max, label_delay_ms=options.label_delay_days * DAY_MS)
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


def _evaluate_file(parser: argparse.ArgumentParser, options: argparse.Namespace, model: Model) -> int:
    """Nobody knows what made these payments: there is no ceiling to hold them against, and so no alarm for leaks."""
    if given_rules(options) or options.intervals:
        parser.error("the rules of a world and --intervals are for simulated worlds, not for a file")
    try:
        found = backtest(
            model,
            read(options.data),
            weeks=options.weeks or FILE_WEEKS,
            label_delay_ms=options.label_delay_days * DAY_MS,
            may_block=True if options.may_block else None,
        )
    except UnusableDataError as failure:
        where = "" if str(options.data) in str(failure) else f"{options.data}: "
        raise UnusableDataError(f"{where}{failure}") from failure
    print(json.dumps(summary(found)) if options.json else sentences(found))
    return 0


def _worlds(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Iterator[tuple[str, World]]:
    """Each world and what to call it, made only when its turn comes."""
    drift = "".join(f", {name.replace('_', ' ')} {value}" for name, value in given_rules(options).items())
    for seed in options.seed or [DEFAULT_SEED]:
        yield f"simulated, seed {seed}{drift}", simulated(parser, options, seed)


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
        description="Judge the shipped model: on unseen simulated worlds by the book's weekly test, or on a file by "
        "what it would have declined, reviewed and caught. Exit status 1: a label leaked; 2: the payments cannot be "
        "judged.",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--seed", type=int, action="append", help=f"of a world; may be repeated ({DEFAULT_SEED})")
    source.add_argument("--data", type=Path, metavar="FILE", help=DATA_HELP)
    parser.add_argument(
        "--weeks",
        type=int,
        choices=range(1, WEEKS_MAX + 1),
        metavar=f"1..{WEEKS_MAX}",
        help=f"how many test weeks, at most: of a world {WEEKS}, of a file the last {FILE_WEEKS} and no more than half "
        "of its days",
    )
    parser.add_argument(
        "--may-block", action="store_true", help="judge a file as if the model's metadata said that it may block"
    )
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
