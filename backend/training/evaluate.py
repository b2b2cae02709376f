"""
`sentinel model evaluate`: evaluates the shipped model on unseen payments, simulated or in a file.

Trains nothing. For a file it computes what would have been declined, reviewed and caught, with the gateway's budgets.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from brain.model.artifact import Model
from training.errors import UnusableDataError
from training.evaluation.backtest import backtest
from training.evaluation.backtest_report import sentences, summary
from training.evaluation.bootstrap import deviations
from training.evaluation.metrics import mean
from training.evaluation.table import print_summary, print_world
from training.evaluation.town import TownFigures, judge_town, mean_of, print_town
from training.evaluation.weeks import Judged, Week, judge, leak
from training.examples.protocol import FIRST_TEST_DAY, WARM_UP_DAYS, date_of
from training.options import Progress, simulated
from training.world.datafile import read
from training.world.simulator import DAY_MS
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

EVALUATED = Rules(users=16_000, merchants=2_000)  # 640,000 payments: about half of them are judged


def evaluate_worlds(
    model: Model,
    *,
    seeds: Sequence[int],
    given: Mapping[str, int],
    weeks: int,
    label_delay_days: int,
    intervals: bool,
    as_json: bool,
    progress: Progress,
) -> bool:
    """
    Evaluate the model on simulated worlds by the book's weekly test, and print.

    Args:
        given: Rules of the worlds, where they are not the book's.
        weeks: How many test weeks of each, at most.
        label_delay_days: After how many days the model learns of a fraud.
        intervals: Add 95 % intervals, by redrawing cards.

    Returns:
        False when the figures are so good that a label must have leaked.

    Raises:
        UnusableDataError: such a world cannot be made, or has no test week.
    """
    if not as_json:
        print(_title(model))
    rules = "".join(f", {name.replace('_', ' ')} {value}" for name, value in given.items())
    worlds: list[Judged] = []
    for seed in seeds:
        progress(f"world of seed {seed}", len(worlds), len(seeds))
        name = f"simulated, seed {seed}{rules}"
        try:
            judged = judge(model, simulated(seed, given), weeks=weeks, label_delay_ms=label_delay_days * DAY_MS)
        except UnusableDataError as failure:
            raise UnusableDataError(f"{name}: {failure}") from failure
        _note_weeks(judged)
        worlds.append(Judged(name, judged))
        if not as_json:
            print_world(worlds[-1], deviations(judged) if intervals else None)
    if as_json:
        average, ceiling = mean([world.model for world in worlds]), mean([world.ceiling for world in worlds])
        print(json.dumps({**asdict(average), "ceiling_ap": ceiling.ap, "weeks": len(worlds[0].weeks)}))
    else:
        print_summary(worlds)
    leaks = [f"LABEL LEAK, {world.name}: {why}" for world in worlds if (why := leak(world.model, world.ceiling))]
    for line in leaks:
        print(line, file=sys.stderr)
    return not leaks


def evaluate_towns(
    model: Model, *, seeds: Sequence[int], given: Mapping[str, int], as_json: bool, progress: Progress
) -> None:
    """
    Evaluate the model on simulated towns that it was not trained on, against the truth, and print.

    Args:
        given: Rules of the towns, where they are not the usual ones.
    """
    if not as_json:
        print(_title(model))
    towns: list[TownFigures] = []
    for seed in seeds:
        progress(f"town of seed {seed}", len(towns), len(seeds))
        towns.append(judge_town(model, simulate_town(seed, replace(EVALUATED, **given))))
        if not as_json:
            print_town(f"town of seed {seed}", towns[-1])
    if as_json:
        print(json.dumps(asdict(mean_of(towns)) | {"seeds": list(seeds), "each": [asdict(one) for one in towns]}))
    elif len(towns) > 1:
        print_town("mean", mean_of(towns))


def evaluate_file(
    model: Model, path: Path, *, weeks: int, label_delay_days: int, may_block: bool, as_json: bool
) -> None:
    """
    Evaluate the model on the payments of a file, and print.

    Such payments have no known ceiling, so a leak of labels is not detected.

    Args:
        weeks: How many weeks at the end are evaluated, at most.
        may_block: Whether to assume that the model may block.

    Raises:
        UnusableDataError: the file cannot be read, or holds no payments that can be judged.
    """
    if not as_json:
        print(_title(model))
    try:
        found = backtest(
            model,
            read(path),
            weeks=weeks,
            label_delay_ms=label_delay_days * DAY_MS,
            may_block=True if may_block else None,
        )
    except UnusableDataError as failure:
        where = "" if str(path) in str(failure) else f"{path}: "
        raise UnusableDataError(f"{where}{failure}") from failure
    print(json.dumps(summary(found)) if as_json else sentences(found))


def _title(model: Model) -> str:
    return f"{model.name} {model.version} ({model.sha256[:12]}), frozen"


def _note_weeks(weeks: list[Week]) -> None:
    if weeks[0].first_day != FIRST_TEST_DAY:
        _note(
            f"the book's test weeks, from {date_of(FIRST_TEST_DAY)} on, with {WARM_UP_DAYS} days before them, are not "
            f"there: judged are the last {len(weeks)}, from {date_of(weeks[0].first_day)} on"
        )


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)
