"""Evaluates one trained model week by week beside the oracle, and detects figures that only a label leak explains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.domain import LABEL_DELAY_MS
from brain.model.artifact import Model
from training.errors import UnusableDataError
from training.evaluation.ceiling import oracle_scores
from training.evaluation.metrics import Figures, figures, mean
from training.examples.histories import features, payments_of
from training.examples.protocol import WEEKS, date_of, first_test_days, judged_rows
from training.world.simulator import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

AUC_MAX = 0.92
AP_OVER_CEILING_MAX = 0.02


@dataclass(frozen=True, slots=True)
class Week:
    """
    One test week: n payments and their scores by the model and by the oracle.

    Attributes:
        first_day: In days from the start of every world.
        fraud, day, card: (n,) whether each payment was fraud, its day, and its customer.
        scores, oracle: (n,) scores of the model and of the oracle.
        model, ceiling: The figures of the two.
    """

    first_day: int
    fraud: Bools
    day: Ints
    card: Ints
    scores: Floats
    oracle: Floats
    model: Figures
    ceiling: Figures


@dataclass(frozen=True, slots=True)
class Judged:
    """A world's name and its test weeks."""

    name: str
    weeks: list[Week]

    @property
    def model(self) -> Figures:
        """The mean figures of the model over the weeks."""
        return mean([week.model for week in self.weeks])

    @property
    def ceiling(self) -> Figures:
        """The mean figures of the oracle over the weeks."""
        return mean([week.ceiling for week in self.weeks])


def judge(model: Model, world: World, *, weeks: int = WEEKS, label_delay_ms: int = LABEL_DELAY_MS) -> list[Week]:
    """
    Evaluate the test weeks of the world by the book's protocol.

    Args:
        model, world: What to evaluate, and on which payments.
        weeks: How many weeks at most.
        label_delay_ms: How late the model's features see frauds; the oracle always waits seven days.

    Raises:
        UnusableDataError: the world is too short, or a week has no fraud.
    """
    return [_week(model, world, first_day, label_delay_ms) for first_day in first_test_days(world, most=weeks)]


def leak(model: Figures, ceiling: Figures) -> str | None:
    """Explain why these figures need a label leak; None if they do not."""
    if model.auc > AUC_MAX:
        return f"AUC {model.auc:.3f} is over {AUC_MAX}: a quarter of the frauds cannot be known in time"
    if model.ap > ceiling.ap + AP_OVER_CEILING_MAX:
        return f"AP {model.ap:.3f} is over the ceiling of {ceiling.ap:.3f}"
    return None


def _week(model: Model, world: World, first_day: int, label_delay_ms: int) -> Week:
    rows = judged_rows(world, first_day)
    fraud, day, card = world.fraud[rows], world.day[rows], world.user[rows]
    if not 0 < np.count_nonzero(fraud) < fraud.size:
        raise UnusableDataError(
            f"the test week from {date_of(first_day)} cannot be judged: of its {fraud.size:,} payments "
            f"{np.count_nonzero(fraud):,} are frauds"
        )
    scores = model.risk_scores(features(payments_of(world, label_delay_ms), rows))
    oracle = oracle_scores(world, rows)
    return Week(
        first_day=first_day,
        fraud=fraud,
        day=day,
        card=card,
        scores=scores,
        oracle=oracle,
        model=figures(fraud, scores, day, card),
        ceiling=figures(fraud, oracle, day, card),
    )
