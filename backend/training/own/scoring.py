"""Scores a merchant's own payments, with everything that went before them as their history."""

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.model.artifact import Model
from training.examples.histories import features
from training.own.payments import OwnPayments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class FeatureTable:
    """
    Computes the features of some rows, once for each delay after which models take unlabelled payments for genuine.

    Attributes:
        own: All payments: those before a row are its history.
        rows: (n,) the payments to score.
    """

    def __init__(self, own: OwnPayments, rows: Ints) -> None:
        self.own, self.rows = own, rows
        self._x: dict[int, Floats] = {}

    def x(self, label_delay_days: int) -> Floats:
        """Compute features (n, F), with codes as they are."""
        if label_delay_days not in self._x:
            self._x[label_delay_days] = features(self.own.payments, self.rows, label_delay_ms=label_delay_days * DAY_MS)
        return self._x[label_delay_days]

    def scores(self, model: Model) -> Floats:
        """Compute the risk scores (n,) that this model would have given."""
        return model.risk_scores(self.x(model.label_delay_days))

    def take(self, places: Ints) -> "FeatureTable":
        """Return the table of some of the rows."""
        table = FeatureTable(self.own, self.rows[places])
        table._x = {days: x[places] for days, x in self._x.items()}
        return table
