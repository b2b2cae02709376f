"""
`sentinel model drift`: measures the shipped model once fraudsters change, and what retraining gains.

About four minutes. Each drifted world has its own ceiling. The frozen model is compared with one that the same code
trains on another world of that drift, on the last six weeks whose labels are known when the test begins. Exit status 1
when the frozen model reaches less than it must.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from itertools import count

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import Model
from training.evaluation.ceiling import oracle_scores
from training.evaluation.metrics import figures
from training.examples.dataset import training_examples
from training.examples.histories import features
from training.examples.protocol import first_test_days, judged_rows
from training.options import Progress
from training.train import SEEDS, fit
from training.world.simulator import Rules, World, simulate

Floats = NDArray[np.float64]
Scorer = Callable[[Floats], Floats]

# Six weeks up to the last day whose labels are in when the test begins on 8 August.
RETRAIN_FIRST, RETRAIN_LAST = date(2018, 6, 20), date(2018, 7, 31)


@dataclass(frozen=True, slots=True)
class Drift:
    """A change of a world, and the share of its ceiling that the frozen model must still reach."""

    name: str
    rules: Rules
    share_min: float


DRIFTS = (
    Drift("stolen amounts x 3, not x 5", Rules(multiplier=3), 0.65),
    Drift("terminals compromised 14 days, not 28", Rules(terminal_compromise_days=14), 0.20),
    Drift("half the terminals, twice the customers", Rules(terminals=5_000, customers=10_000), 0.70),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """AP on one drifted world, mean of its weeks."""

    frozen: float
    retrained: float
    ceiling: float


def outcome(world: World, frozen: Scorer, retrained: Scorer, *, weeks: int) -> Outcome:
    """Measure how both models and the oracle rank the test weeks of the world."""
    judged: list[list[float]] = []
    for first_day in first_test_days(world, most=weeks):
        rows = judged_rows(world, first_day)
        x = features(world, rows)
        fraud, day, card = world.fraud[rows], world.day[rows], world.user[rows]
        each = (frozen(x), retrained(x), oracle_scores(world, rows))
        judged.append([figures(fraud, scores, day, card).ap for scores in each])
    return Outcome(*np.mean(judged, axis=0).tolist())


def retrain(rules: Rules) -> Scorer:
    """Train a model like the shipped one, on a world by these rules."""
    examples = training_examples(
        simulate(SEEDS["world"], rules), seed=SEEDS["masks"], first=RETRAIN_FIRST, last=RETRAIN_LAST
    )
    booster = fit(examples, names=FEATURE_NAMES)
    return lambda x: np.asarray(booster.predict(x))


def measure(model: Model, *, seeds: Sequence[int], weeks: int, as_json: bool, progress: Progress) -> bool:
    """
    Measure and print. Returns whether the frozen model reaches what it must.

    Args:
        seeds: Of the worlds of each drift.
        weeks: How many test weeks of each.
    """
    if not as_json:
        print(f"{model.name} {model.version} ({model.sha256[:12]}); AP, mean of {weeks} weeks of each world\n")
        columns = f"{'frozen':>8}{'of max':>8}{'needed':>8}{'retrained':>11}{'of max':>8}"
        print(f"{'drift':<40}{'seed':>5}{'ceiling':>9}{columns}")
    summary, is_good = {}, True
    steps, step = len(DRIFTS) * (1 + len(seeds)), count()
    for drift in DRIFTS:
        progress(f"{drift.name}: training", next(step), steps)
        retrained = retrain(drift.rules)
        found = []
        for seed in seeds:
            progress(f"{drift.name}: seed {seed}", next(step), steps)
            found.append(outcome(simulate(seed, drift.rules), model.risk_scores, retrained, weeks=weeks))
            if not as_json:
                _print_row("" if found[1:] else drift.name, str(seed), found[-1])
        average = Outcome(*np.mean([astuple(one) for one in found], axis=0).tolist())
        is_good &= average.frozen >= drift.share_min * average.ceiling
        summary[drift.name] = asdict(average) | {"needed_share": drift.share_min}
        if not as_json:
            _print_row("", "mean", average, f"{drift.share_min:>8.0%}")
    if as_json:
        print(json.dumps(summary))
    return is_good


def _print_row(name: str, seed: str, one: Outcome, needed: str = "") -> None:
    frozen, retrained = (f"{ap:.3f}{ap / one.ceiling:>8.1%}" for ap in (one.frozen, one.retrained))
    print(f"{name:<40}{seed:>5}{one.ceiling:>9.3f}{frozen:>16}{needed:>8}{retrained:>19}", flush=True)
