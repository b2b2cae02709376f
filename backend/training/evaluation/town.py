"""
Judges a model on a town that it has never seen, against the truth: what the simulator did, not what was told.

Each payment is judged as of its own time, by histories in which labels come as late as in the town.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS, LABEL_DELAY_MS
from brain.model.artifact import Model
from gateway.domain import Decision
from training.evaluation.backtest import DECISIONS, decide
from training.evaluation.metrics import area, average_precision
from training.examples.histories import features
from training.examples.town import FOUR_FIELDS
from training.payments import Payments
from training.world.town.constants import GENUINE, SCENARIOS
from training.world.town.simulator import Town

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WARM_UP_DAYS = 60  # until histories are full and half of their frauds are told
FALSE_POSITIVES = 0.001


@dataclass(frozen=True, slots=True)
class TownFigures:
    """
    What a model reaches on the payments of one town.

    Attributes:
        payments, frauds: How many were judged.
        auc, ap: Area under the ROC curve; average precision.
        recall_01fpr, recall_1fpr: Share of the frauds with the highest scores, where 0.1 and 1 % of the genuine
            payments score as high.
        caught: Share of each scenario's payments at that 0.1 %.
        testing_reviewed: Share of the payments that test cards which the model's own threshold "high" or a higher one
            marks.
        declined, reviewed: Shares of the genuine payments at the model's own thresholds, were it allowed to block.
        fraud_declined, fraud_reviewed: Shares of the frauds, likewise.
        budget_declined: Share of the genuine payments that such a model declines within the gateway's budgets.
        bad_declined: The same of a model that calls one payment in five critical, at random.
        four_fields_ap: Average precision of the same payments sent with four fields only.
    """

    payments: int
    frauds: int
    auc: float
    ap: float
    recall_01fpr: float
    recall_1fpr: float
    caught: dict[str, float]
    testing_reviewed: float
    declined: float
    reviewed: float
    fraud_declined: float
    fraud_reviewed: float
    budget_declined: float
    bad_declined: float
    four_fields_ap: float


@dataclass(frozen=True, slots=True)
class TownValidation:
    """
    The judged payments of some towns, before a model is shipped.

    Attributes:
        x: (n, F) their features, town by town.
        fraud: (n,) the truth.
    """

    x: Floats
    fraud: Bools

    @classmethod
    def of(cls, *towns: Town, label_delay_ms: int = LABEL_DELAY_MS) -> "TownValidation":
        """Compute the features of all payments after the warm-up."""
        rows = [np.flatnonzero(town.day >= WARM_UP_DAYS) for town in towns]
        pairs = list(zip(towns, rows, strict=True))
        x = [features(town.payments, of, label_delay_ms=label_delay_ms) for town, of in pairs]
        return cls(np.concatenate(x), np.concatenate([town.fraud[of] for town, of in pairs]))

    def described(self, scores: Floats) -> dict[str, float]:
        """Compute figures of these payments' scores (n,), rounded, for the model's metadata."""
        found = {
            "auc": area(self.fraud, scores),
            "ap": average_precision(self.fraud, scores),
            "recall_1fpr": recall_at(self.fraud, scores, 0.01),
            "recall_01fpr": recall_at(self.fraud, scores, FALSE_POSITIVES),
        }
        return {name: round(value, 4) for name, value in found.items()}


def judge_town(model: Model, town: Town) -> TownFigures:
    """Score all payments of the town after the first 60 days, and compare with the truth."""
    rows = np.flatnonzero(town.day >= WARM_UP_DAYS)
    fraud, scenario = town.fraud[rows], town.scenario[rows]
    scores = _scores(model, town.payments, rows)
    level = {name: scores >= threshold for name, threshold in model.thresholds.items()}
    flagged = scores >= threshold_at(fraud, scores, FALSE_POSITIVES)
    time_ms = town.payments.time_ms[rows]
    testing = scenario == SCENARIOS.index("testing")
    held = level["high"] & ~level["critical"]
    return TownFigures(
        payments=rows.size,
        frauds=int(fraud.sum()),
        auc=area(fraud, scores),
        ap=average_precision(fraud, scores),
        recall_01fpr=recall_at(fraud, scores, FALSE_POSITIVES),
        recall_1fpr=recall_at(fraud, scores, 0.01),
        caught={
            name: float(flagged[scenario == number].mean())
            for number, name in enumerate(SCENARIOS)
            if name != GENUINE and (scenario == number).any()
        },
        testing_reviewed=float(level["high"][testing].mean()) if testing.any() else 1.0,
        declined=float(level["critical"][~fraud].mean()),
        reviewed=float(held[~fraud].mean()),
        fraud_declined=float(level["critical"][fraud].mean()),
        fraud_reviewed=float(held[fraud].mean()),
        budget_declined=_declined(model, time_ms, scores, ~fraud),
        bad_declined=_declined(model, time_ms, bad_scores(model, rows.size), ~fraud),
        four_fields_ap=average_precision(fraud, _scores(model, town.payments.only(FOUR_FIELDS), rows)),
    )


def mean_of(towns: Sequence[TownFigures]) -> TownFigures:
    """Average over towns; the counts are added up."""
    means = {
        f.name: float(np.mean([getattr(town, f.name) for town in towns]))
        for f in fields(TownFigures)
        if f.type is float
    }
    caught = {
        name: float(np.mean([town.caught[name] for town in towns if name in town.caught]))
        for name in dict.fromkeys(name for town in towns for name in town.caught)
    }
    counts = {name: sum(getattr(town, name) for town in towns) for name in ("payments", "frauds")}
    return TownFigures(**means, **counts, caught=caught)  # type: ignore[arg-type]


def print_town(name: str, found: TownFigures) -> None:
    """Print the figures of one town, or their mean."""
    print(f"\n{name}: {found.payments:,} payments, {found.frauds:,} frauds\n")
    print(f"AUC {found.auc:.3f}, AP {found.ap:.3f}; with four fields AP {found.four_fields_ap:.3f}")
    print(
        f"recall where 0.1 % of the genuine payments score as high {found.recall_01fpr:.1%}; "
        f"where 1 % do {found.recall_1fpr:.1%}"
    )
    print("caught at 0.1 %: " + ", ".join(f"{kind} {share:.0%}" for kind, share in found.caught.items()))
    print(
        f"by the model's thresholds: genuine payments declined {found.declined:.3%}, reviewed {found.reviewed:.3%}; "
        f"frauds declined {found.fraud_declined:.1%}, reviewed {found.fraud_reviewed:.1%}; "
        f"tests of cards reviewed or declined {found.testing_reviewed:.1%}"
    )
    print(
        f"within the gateway's budgets {found.budget_declined:.3%} of the genuine payments are declined; "
        f"by a model that calls a fifth of all payments critical, {found.bad_declined:.3%}"
    )


def recall_at(fraud: Bools, scores: Floats, share: float) -> float:
    """Return the share of the frauds whose scores at most this share of the genuine payments reaches."""
    return float((scores >= threshold_at(fraud, scores, share))[fraud].mean())


def threshold_at(fraud: Bools, scores: Floats, share: float) -> float:
    """Return the lowest score that at most this share of the genuine payments reaches."""
    genuine = np.sort(scores[~fraud])
    allowed = int(share * genuine.size)
    return float(np.nextafter(genuine[-allowed - 1], np.inf))


def bad_scores(model: Model, n: int) -> Floats:
    """Return scores (n,) of a model that is wrong on purpose: a fifth critical, the others low, at random."""
    rng = np.random.default_rng(n)
    return np.where(rng.random(n) < 0.2, (1 + model.thresholds["critical"]) / 2, model.thresholds["medium"] / 2)


def _declined(model: Model, time_ms: Ints, scores: Floats, genuine: Bools) -> float:
    decisions = decide(model, time_ms, scores, may_block=True)
    return float((decisions == DECISIONS.index(Decision.BLOCK))[genuine].mean())


def _scores(model: Model, payments: Payments, rows: Ints) -> Floats:
    return model.risk_scores(features(payments, rows, label_delay_ms=model.label_delay_days * DAY_MS))
