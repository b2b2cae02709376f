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
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from brain.compiled import compiled
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


class _Edges(NamedTuple):
    """
    The edges of r references.

    Attributes:
        values: All edges, those of the first reference first.
        starts: (r + 1,) where those of each begin, and where the last ones end.
        columns: (r,) the feature of each; F for the score.
    """

    values: Floats
    starts: Ints
    columns: Ints

    @classmethod
    def of(cls, references: Sequence[Reference]) -> Self:
        columns = [*FEATURE_NAMES, RISK_SCORE]
        return cls(
            np.array([edge for reference in references for edge in reference.edges], dtype=np.float64),
            np.cumsum([0, *(len(reference.edges) for reference in references)], dtype=np.int64),
            np.array([columns.index(reference.name) for reference in references], dtype=np.int64),
        )


class Drift:
    """Counts what is scored."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._references = references
        self._edges = _Edges.of(references)
        self._current, self._previous = self._nothing(), self._nothing()
        self._current_rows = 0

    def add(self, rows: Floats, risk_scores: Floats) -> None:
        """Count n rows of features (n, F) and their scores (n,)."""
        _count(self._edges, rows, risk_scores, self._current)
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
                counts=counts[start : start + len(reference.shares)],
            )
            for start, reference in zip(self._bins_from(), self._references, strict=True)
        ]

    def _bins_from(self) -> list[int]:
        """List where the bins of each reference begin: it has two more than edges."""
        return [start + 2 * n for n, start in enumerate(self._edges.starts[:-1].tolist())]

    def _nothing(self) -> Ints:
        return np.zeros(sum(len(reference.shares) for reference in self._references), dtype=np.int64)


@compiled
def _count(edges: _Edges, rows: Floats, risk_scores: Floats, counts: Ints) -> None:
    """Add to counts: for each reference a bin between any two edges, two outside of them, and one for unknown."""
    for n in range(len(rows)):
        for reference in range(len(edges.columns)):
            column = edges.columns[reference]
            value = rows[n, column] if column < rows.shape[1] else risk_scores[n]
            above, end = edges.starts[reference], edges.starts[reference + 1]
            while above < end and value >= edges.values[above]:
                above += 1
            if np.isnan(value):
                above = end + 1
            counts[above + 2 * reference] += 1
