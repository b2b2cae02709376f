"""
Measures drift: histograms of what is scored now, beside the shares of the data that the model was evaluated on.

The reference shares come with the artifact (training/model/reference.py). Two generations of counts make a moving
window that keeps no row: a newer one with GENERATION_ROWS becomes the older one, so the newest 5,000 to 10,000 rows
count. A batch is never split between generations. A hedged duplicate counts twice, which is equally likely for any
value.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from protos import fraud_pb2

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GENERATION_ROWS = 5_000  # shares of a tenth are then known to 0.4 points
RISK_SCORE = "risk_score"

HISTOGRAMS_MAX = 32
EDGES_MAX = 64
SHARES_SUM_TOLERANCE = 0.001  # they are rounded in the metadata


@dataclass(frozen=True, slots=True)
class Reference:
    """
    The distribution of one quantity when the model was evaluated.

    Attributes:
        name: A feature, or RISK_SCORE.
        edges: n, ascending; bin i holds values from edge i - 1 up to and without edge i.
        shares: n + 2, which sum to 1: below the first edge, between, from the last on, unknown.
    """

    name: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def read(cls, name: str, stored: Mapping[str, Any]) -> Self:
        """
        Read a reference from the metadata.

        Raises:
            ValueError, LookupError, TypeError: it is not valid.
        """
        edges = tuple(float(edge) for edge in stored["edges"])
        shares = tuple(float(share) for share in stored["shares"])
        if name not in (*FEATURE_NAMES, RISK_SCORE):
            raise ValueError(f"reference of {name}, which is not computed")
        if not 1 <= len(edges) <= EDGES_MAX or not all(map(math.isfinite, edges)) or sorted(set(edges)) != list(edges):
            raise ValueError(f"edges of {name} must be 1 to {EDGES_MAX} ascending numbers")
        if len(shares) != len(edges) + 2 or not all(0 <= share <= 1 for share in shares):
            raise ValueError(f"{name} must have a share for each bin and one for unknown")
        if abs(sum(shares) - 1) > SHARES_SUM_TOLERANCE:
            raise ValueError(f"shares of {name} sum to {sum(shares)}")
        return cls(name, edges, shares)


def read_references(stored: Mapping[str, Any]) -> tuple[Reference, ...]:
    """Read all references; none in an older artifact. Raises like `Reference.read`."""
    if len(stored) > HISTOGRAMS_MAX:
        raise ValueError(f"at most {HISTOGRAMS_MAX} references, not {len(stored)}")
    return tuple(Reference.read(name, histogram) for name, histogram in stored.items())


class Drift:
    """Counts what is scored. With nine histograms of ten bins: 15 us a batch of one, 0.5 us a row in a batch of 32."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._references = references
        # NaN sorts after every number: as a last edge it makes the bin of unknown values
        self._edges = [np.array([*reference.edges, np.nan]) for reference in references]
        # the score comes after the features, as in `add`
        columns = [*FEATURE_NAMES, RISK_SCORE]
        self._columns = np.array([columns.index(reference.name) for reference in references], dtype=np.intp)
        # one flat array of counts for all: one bincount a batch
        self._ends = np.cumsum([len(reference.shares) for reference in references], dtype=np.intp)
        self._starts = self._ends - np.array([len(reference.shares) for reference in references], dtype=np.intp)
        self._current, self._previous = self._nothing(), self._nothing()
        self._current_rows = 0

    def add(self, rows: Floats, risk_scores: Floats) -> None:
        """Count n rows of features (n, F) and their scores (n,)."""
        if not self._references:
            return
        values = np.column_stack((rows, risk_scores))[:, self._columns]
        bins = np.empty(values.shape, dtype=np.intp)
        for index, edges in enumerate(self._edges):
            bins[:, index] = np.searchsorted(edges, values[:, index], side="right")
        bins += self._starts
        self._current = self._current + np.bincount(bins.ravel(), minlength=self._current.size)
        self._current_rows += len(rows)
        if self._current_rows >= GENERATION_ROWS:
            self._previous, self._current, self._current_rows = self._current, self._nothing(), 0

    def live(self) -> list[fraud_pb2.Histogram]:
        """Return the counts beside the expected shares."""
        counts = (self._previous + self._current).tolist()
        return [
            fraud_pb2.Histogram(
                name=reference.name,
                edges=reference.edges,
                expected_shares=reference.shares,
                counts=counts[start:end],
            )
            for reference, start, end in zip(self._references, self._starts, self._ends, strict=True)
        ]

    def _nothing(self) -> Ints:
        return np.zeros(int(self._ends[-1]) if self._references else 0, dtype=np.int64)
