"""
Judge the shipped model on a world it has never seen: `PYTHONPATH=backend python -m training.evaluate --seed 4242`.

Trains nothing. Exit status 1 when the figures are too good to be honest: then a label leaked.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from brain.model import Model
from training.ceiling import oracle_scores
from training.histories import features
from training.metrics import Figures, figures, mean
from training.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.simulate import DAY_MS, START_MS, World, simulate
from training.train import ARTIFACTS

WEEKS = 7
COLUMNS = ("AUC", "AP", "CP@100", "R@1%", "max AP")

AUC_MAX = 0.92
AP_OVER_CEILING_MAX = 0.02


@dataclass(frozen=True, slots=True)
class Week:
    """One test week: how the model did and how the oracle did on the same payments."""

    first_day: int
    payments: int
    frauds: int
    model: Figures
    ceiling: Figures


def judge(model: Model, world: World, *, weeks: int = WEEKS) -> list[Week]:
    """The figures of consecutive test weeks from 8 August on, by the book's protocol."""
    return [_week(model, world, FIRST_TEST_DAY + week * TEST_DAYS) for week in range(weeks)]


def leak(model: Figures, ceiling: Figures) -> str | None:
    """Why these figures cannot be honest, or None when they can."""
    if model.auc > AUC_MAX:
        return f"AUC {model.auc:.3f} is over {AUC_MAX}: a quarter of the frauds cannot be known in time"
    if model.ap > ceiling.ap + AP_OVER_CEILING_MAX:
        return f"AP {model.ap:.3f} is over the ceiling of {ceiling.ap:.3f}"
    return None


def _week(model: Model, world: World, first_day: int) -> Week:
    rows = judged_rows(world, first_day)
    fraud, day, card = world.fraud[rows], world.day[rows], world.user[rows]
    return Week(
        first_day=first_day,
        payments=rows.size,
        frauds=int(fraud.sum()),
        model=figures(fraud, model.risk_scores(features(world, rows)), day, card),
        ceiling=figures(fraud, oracle_scores(world, rows), day, card),
    )


def _print_table(model: Model, seed: int, weeks: Sequence[Week], average: Figures, ceiling: Figures) -> None:
    print(f"{model.name} {model.version} ({model.sha256[:12]}), frozen; simulated world of seed {seed}\n")
    print(f"{'test week from':<16}{'payments':>9}{'frauds':>8}" + "".join(f"{name:>8}" for name in COLUMNS))
    for week in weeks:
        first = datetime.fromtimestamp((START_MS + week.first_day * DAY_MS) / 1000, UTC).date()
        print(f"{first!s:<16}{week.payments:>9,}{week.frauds:>8,}{_row(week.model)}{week.ceiling.ap:>8.3f}")
    print(f"{'mean':<33}{_row(average)}{ceiling.ap:>8.3f}")
    print(f"{'the oracle':<33}{_row(ceiling)}{ceiling.ap:>8.3f}")
    print(f"\nAP is {average.ap / ceiling.ap:.1%} of the ceiling: an oracle that knows every rule, but no young label.")


def _row(figures: Figures) -> str:
    return "".join(f"{value:>8.3f}" for value in asdict(figures).values())


def main(arguments: list[str] | None = None) -> int:
    """Evaluate and print; the exit status: 1 for a label leak."""
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate", description="Judge the shipped model on an unseen simulated world."
    )
    parser.add_argument("--seed", type=int, default=4242, help="of the world")
    parser.add_argument("--weeks", type=int, choices=range(1, WEEKS + 1), default=WEEKS, help="how many test weeks")
    parser.add_argument("--model", type=Path, default=ARTIFACTS, help="directory of the artifact")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    options = parser.parse_args(arguments)

    model = Model.load(options.model)
    weeks = judge(model, simulate(options.seed), weeks=options.weeks)
    average, ceiling = mean([week.model for week in weeks]), mean([week.ceiling for week in weeks])
    if options.json:
        print(json.dumps({**asdict(average), "ceiling_ap": ceiling.ap, "weeks": len(weeks)}))
    else:
        _print_table(model, options.seed, weeks, average, ceiling)
    if reason := leak(average, ceiling):
        print(f"LABEL LEAK: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
