"""Compares a model with the present one and with baselines on payments that none of them was trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.model.artifact import Model
from training.own.baselines import baseline_scores
from training.own.judging import Costs, Judged, Measured, Verdicts, measure
from training.own.payments import OwnPayments
from training.own.scoring import FeatureTable
from training.own.splitting import Split

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEW, PRESENT = "new", "present"
BANDS = (10, 50, 200, 1_000)  # units of the reference currency
CATEGORIES_MAX = 15


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the payments, by their name, and what the new model does to them."""

    name: str
    payments: int
    frauds: int
    measured: Measured


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What came of a test.

    Attributes:
        own: All payments. table: The rows of the test, and their features.
        split: Which time was tested.
        judged: Their labels.
        models: Names, "new" first.
        verdicts, measured: Of each name.
        parts: The new model's figures by amount, by whether the user is known, and by category.
        costs: What `money` was computed with.
    """

    own: OwnPayments
    table: FeatureTable
    split: Split
    judged: Judged
    verdicts: Mapping[str, Verdicts]
    measured: Mapping[str, Measured]
    parts: Mapping[str, Sequence[Part]]
    costs: Costs


def compare(
    table: FeatureTable,
    split: Split,
    *,
    new: Model,
    present: Model | None,
    baselines: Mapping[str, Any],
    costs: Costs,
) -> Comparison:
    """
    Measure all on the test's payments.

    Args:
        table: Whose rows are those of `split.test`.
        new, present: The models; None: there is no present one to compare with.
        baselines: As `fit_baselines` returns them; may be empty.
    """
    own, rows = table.own, table.rows
    judged = judged_of(own, rows, own.is_fraud)
    verdicts = {
        name: Verdicts.by(
            table.scores(model), high=model.thresholds["high"], critical=model.thresholds["critical"]
        )
        for name, model in ((NEW, new), (PRESENT, present)) if model is not None
    }  # fmt: skip
    for name, baseline in baselines.items():
        limits = baseline["thresholds"]
        scores = baseline_scores(name, baseline, own.payments, rows)
        verdicts[name] = Verdicts.by(scores, high=limits["high"], critical=limits["critical"])
    measured = {name: measure(judged, one, costs) for name, one in verdicts.items()}
    parts = _parts(own, rows, judged, verdicts[NEW], costs)
    return Comparison(own, table, split, judged, verdicts, measured, parts, costs)


def judged_of(own: OwnPayments, rows: Ints, fraud: Bools) -> Judged:
    """Select labels, amounts, weights and users of these rows; payments without a user stand alone."""
    payments = own.payments
    user = payments.user[rows]
    return Judged(
        fraud=fraud[rows],
        amount=np.maximum(payments.amount_minor[rows], 0) / 100,
        weight=payments.weight[rows],
        cluster=np.where(user >= 0, user, -1 - np.arange(rows.size)),
    )


def _parts(own: OwnPayments, rows: Ints, judged: Judged, verdicts: Verdicts, costs: Costs) -> dict[str, list[Part]]:
    band = np.searchsorted(BANDS, judged.amount, side="right")
    edges = [f"under {BANDS[0]}", *(f"{low} to {high:,}" for low, high in pairwise(BANDS))]
    names = [*edges, f"{BANDS[-1]:,} and more"]
    user = own.payments.user
    first = np.zeros(user.size, dtype=np.bool_)
    first[np.unique(user, return_index=True)[1]] = True
    is_new = (first | (user < 0))[rows]
    category, texts = own.payments.category[rows], own.payments.categories["category"]
    common = np.argsort(-np.bincount(category[category >= 0], minlength=len(texts)), kind="stable")[:CATEGORIES_MAX]
    groups = {
        "amount": [(name, band == at) for at, name in enumerate(names)],
        "user": [("first payment of a user", is_new), ("known users", ~is_new)],
        "category": [(texts[code], category == code) for code in common.tolist()] if len(texts) else [],
    }
    return {
        name: [
            Part(
                called, int(inside.sum()), int(judged.fraud[inside].sum()),
                measure(judged.take(inside), verdicts.take(inside), costs, draws=0),
            )
            for called, inside in parts if inside.any()
        ]
        for name, parts in groups.items()
    }  # fmt: skip
