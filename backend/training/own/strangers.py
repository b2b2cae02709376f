"""
Adds payments of which nothing but the amount is known to what an own model learns from.

Gateways check a model by two such payments, and while no history can be read all are such. In a merchant's own past
everybody has some history or other signals, so the trees would say the same of all amounts, or anything at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.scoring.features import read_features

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SHARE = 0.05  # of the weight of all payments
COUNT_MAX = 20_000
_MIB = 0.01  # of a memory for no payment
_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Strangers:
    """
    Attributes:
        of: (m,) the row of each, ascending: its amount and its label.
        x: (m, F) features, with codes as they are.
        weight: (m,) how many payments each stands for.
    """

    of: Ints
    x: Floats
    weight: Floats

    @classmethod
    def draw(cls, amount_minor: Ints, fraud: Bools, weight: Floats, *, seed: int) -> "Strangers":
        """
        Draw some of n rows: frauds and others in equal numbers, each with the weight of what it stands for.

        Args:
            amount_minor: (n,) in minor units of the reference currency.
            fraud, weight: (n,) of the rows.
        """
        rng = np.random.default_rng(seed)
        of, parts = list[Ints](), list[Floats]()
        for kind in (np.flatnonzero(fraud), np.flatnonzero(~fraud)):
            some = np.sort(rng.permutation(kind)[: COUNT_MAX // 2])
            if some.size:
                of.append(some)
                parts.append(weight[some] * (weight[kind].sum() / weight[some].sum()))
        rows, weights = np.concatenate(of), np.concatenate(parts) * SHARE
        order = np.argsort(rows)
        return cls(rows[order], _features(amount_minor[rows[order]]), weights[order])

    def take(self, chosen: Bools) -> "Strangers":
        """Return those of some of the n rows."""
        kept = chosen[self.of]
        return Strangers(self.of[kept], self.x[kept], self.weight[kept])


def _features(amount_minor: Ints) -> Floats:
    """Compute features as those of a canary: neither clock nor history, and nobody's name."""
    memory, found = Memory(_MIB), list[Floats]()
    for start in range(0, amount_minor.size, _AT_ONCE):
        queries = [
            Query("stranger", 1, int(minor), "stranger", None, is_canary=True)
            for minor in amount_minor[start : start + _AT_ONCE]
        ]
        found.append(np.array(read_features(memory, rows_of(queries))[0]))
    return np.concatenate(found)
