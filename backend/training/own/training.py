"""
`sentinel model train --data`: trains a model on a merchant's own payments, judges it, and writes what came of it.

The artifact's directory holds model.txt and metadata.json, which are served, and for later commands report.html,
history.parquet and scores.parquet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brain.domain import DAY_MS
from brain.features.context import CODED
from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import LABEL_DELAY_DAYS_MAX, Model
from training.errors import UnusableDataError
from training.model.artifact import write
from training.model.calibration import fit as calibrate
from training.options import Progress
from training.own.artifact import describe, scores_by
from training.own.baselines import fit_baselines
from training.own.comparing import NEW, Comparison, compare, judged_of
from training.own.fitting import Rows, fit
from training.own.history import write_history
from training.own.judging import Costs
from training.own.limits import Wish, choose
from training.own.ordinary import Ordinary
from training.own.payments import OwnPayments
from training.own.sampling import draw
from training.own.scoring import FeatureTable
from training.own.splitting import Split, split
from training.own.unseen import write_unseen
from training.own.words import above_cap, caveats, described

FRAUDS_MIN = 10  # to learn from
REVIEW_FROM, BLOCK_FROM = 150, 400  # frauds to learn from


@dataclass(frozen=True, slots=True)
class Plan:
    """
    How to train.

    Attributes:
        test_days: How many days at the end are kept for the test.
        wish: What thresholds are chosen by.
        costs: For the figure `money`.
        review_from, block_from: How many frauds to learn from allow a model to send to reviews, and to block.
    """

    test_days: int
    wish: Wish
    costs: Costs
    review_from: int = REVIEW_FROM
    block_from: int = BLOCK_FROM


@dataclass(frozen=True, slots=True)
class Trained:
    """
    What came of a training.

    Attributes:
        model: As it is served.
        metadata: Of the artifact.
        comparison: The test: the new model, the present one and the baselines.
        notes: What a person has to know of it.
    """

    model: Model
    metadata: dict[str, Any]
    comparison: Comparison
    notes: Sequence[str]


def train_own(own: OwnPayments, out: Path, plan: Plan, *, present: Model | None, progress: Progress) -> Trained:
    """
    Train on all but the last days, write the artifact, and judge it on these days.

    Raises:
        UnusableDataError: there are too few frauds, the payments are too alike, or `out` cannot be made.
    """
    try:  # before minutes of training are lost
        out.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise UnusableDataError(f"--out: {out} cannot be made: {failure.strerror}") from failure
    own, parts = draw(own, split(own, test_days=plan.test_days))
    known_then = own.is_fraud & (own.payments.known_at_ms <= parts.test_from_ms)
    frauds = int(known_then[parts.train].sum())
    if frauds < FRAUDS_MIN:
        raise UnusableDataError(
            f"{frauds} frauds whose labels were known before the test are too few to learn from: it takes "
            f"{FRAUDS_MIN}, {plan.review_from} to send to reviews, {plan.block_from} to block"
        )
    progress("computing features", 0, 3)
    delay_days = min(max(own.label_delay_days, 1), LABEL_DELAY_DAYS_MAX)
    table = FeatureTable(own, np.concatenate([parts.train, parts.test]))
    rows = Rows(table.x(delay_days)[: parts.train.size], known_then[parts.train], own.payments.weight[parts.train])
    fitted = fit(rows, warm_up=parts.warm_up, names=FEATURE_NAMES, coded=CODED, progress=progress)
    try:
        calibration = calibrate(fitted.unseen, rows.fraud[parts.warm_up :])
    except ValueError as failure:
        raise UnusableDataError(f"no model can be made of these payments: {failure}") from failure
    scores = calibration.probabilities(fitted.unseen)
    judged = judged_of(own, parts.train[parts.warm_up :], known_then)
    days = _days(own, parts)
    thresholds, how = choose(judged, scores, plan.wish, days=days)
    ordinary = Ordinary.of(scores_by(fitted, calibration))
    thresholds = ordinary.raised(thresholds)
    may_block = frauds >= plan.block_from and not ordinary.may_be_blocked
    baselines = fit_baselines(own.payments, parts.train[parts.warm_up :], judged, plan.wish, days=days)
    metadata = describe(
        own, parts, rows, fitted,
        calibration=calibration,
        thresholds=thresholds,
        how_chosen=f"on {days:.0f} days of payments that the trees were not trained on: {how}",
        may={"may_block": may_block, "own_labels": frauds >= plan.review_from},
        baselines=baselines,
        label_delay_days=delay_days,
    )  # fmt: skip
    write(out, fitted.booster.model_to_string(), metadata)
    write_history(out, own.take(own.payments.time_ms < parts.test_until_ms))
    progress("judging", 2, 3)
    model = Model.load(out)
    test = table.take(np.arange(parts.train.size, table.rows.size))
    found = compare(test, parts, new=model, present=present, baselines=baselines, costs=plan.costs)
    metadata["metrics"] = {name: value for name, value in found.measured[NEW].figures.items() if value is not None}
    metadata["backtest"] = described(found, present)
    write_unseen(out, judged, scores, found, days=days)
    write(out, fitted.booster.model_to_string(), metadata)
    against = caveats(int(found.judged.fraud.sum()), found.measured)
    allowed = rights(int(own.is_fraud.sum()), frauds, plan)
    if ordinary.may_be_blocked:
        allowed = "it takes ordinary payments for fraud, so it may not block: are the labels right, and the map?"
    notes = (*parts.notes, allowed, *against, above_cap(found))
    return Trained(model, metadata, found, tuple(filter(None, notes)))


def rights(frauds: int, learned: int, plan: Plan) -> str:
    """Say what so many frauds, of which it learned from some, allow a model to do."""
    if learned >= plan.block_from:
        return f"{frauds:,} frauds are known, {learned:,} of them could be learned from: it may block"
    few = f"{frauds:,} frauds are too few to block: {learned:,} could be learned from, it takes {plan.block_from}"
    if learned >= plan.review_from:
        return f"{few}. It may send to reviews"
    return f"{few}, or {plan.review_from} to send to reviews. It recommends"


def _days(own: OwnPayments, parts: Split) -> float:
    """Return over how many days the payments that thresholds are chosen on are spread."""
    time_ms = own.payments.time_ms[parts.train[parts.warm_up :]]
    return max(1.0, float(time_ms[-1] - time_ms[0]) / DAY_MS)
