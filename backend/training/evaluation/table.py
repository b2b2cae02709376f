"""Prints the figures of an evaluation as tables."""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from training.evaluation.bootstrap import Z_95
from training.evaluation.metrics import Figures, mean
from training.evaluation.weeks import Judged
from training.examples.protocol import date_of

COLUMNS = ("AUC", "AP", "CP@100", "R@1%", "max AP", "of max")
NOTE = "\nmax AP: the ceiling, an oracle that knows every rule but no recent label; of max: AP as a share of it."

_NAME_WIDTH = 33


def print_world(world: Judged, deviations: tuple[Figures, float] | None = None) -> None:
    """
    Print one world, a line for each week.

    Args:
        world: The evaluated world.
        deviations: As `bootstrap.deviations` returns them.
    """
    print(f"\n{world.name}\n")
    print(f"{'test week from':<16}{'payments':>9}{'frauds':>8}" + "".join(f"{column:>8}" for column in COLUMNS))
    for week in world.weeks:
        counts = f"{week.fraud.size:>9,}{np.count_nonzero(week.fraud):>8,}"
        print(f"{date_of(week.first_day)!s:<16}{counts}{_pair(week.model, week.ceiling)}")
    print(_named("mean") + _pair(world.model, world.ceiling))
    if len(world.weeks) > 1:
        print(_named("sd over the weeks") + _row(_spread([week.model for week in world.weeks])))
    if deviations:
        half = [Z_95 * value for value in astuple(deviations[0])]
        print(_named("95 %: mean +/-, cards redrawn") + _row(half) + f"{'':>8}{Z_95 * deviations[1]:>8.1%}")
    print(_named("the oracle") + _row(astuple(world.ceiling)))


def print_summary(worlds: Sequence[Judged]) -> None:
    """Print several worlds, a line each, with their mean; one world needs no summary."""
    if len(worlds) > 1:
        print(f"\n{'':<{_NAME_WIDTH}}" + "".join(f"{column:>8}" for column in COLUMNS))
        for world in worlds:
            print(_named(world.name) + _pair(world.model, world.ceiling))
        models = [world.model for world in worlds]
        print(_named("mean") + _pair(mean(models), mean([world.ceiling for world in worlds])))
        print(_named("sd over the worlds") + _row(_spread(models)))
    print(NOTE)


def _named(name: str) -> str:
    return f"{name:<{_NAME_WIDTH}}"


def _pair(model: Figures, ceiling: Figures) -> str:
    return _row((*astuple(model), ceiling.ap)) + f"{model.ap / ceiling.ap:>8.1%}"


def _row(values: Sequence[float]) -> str:
    return "".join(f"{value:>8.3f}" for value in values)


def _spread(each: Sequence[Figures]) -> list[float]:
    """Compute the standard deviation of each figure over weeks or worlds."""
    deviations: list[float] = np.array([astuple(one) for one in each]).std(axis=0, ddof=1).tolist()
    return deviations
