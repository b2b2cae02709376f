"""What became of payments that a model would stop, and whether its scores are probabilities: by labels. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.features.models.label_sums import BINS_PER_UNIT

Document = Mapping[str, Any]
GROUPS = 10
EACH_KIND_MIN = 20  # frauds, and genuine payments: fewer say nothing of ten groups
_Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True, slots=True)
class Known:
    """Payments whose outcome is known, and how many of them were genuine."""

    known: int = 0
    genuine: int = 0

    def plus(self, other: "Known") -> "Known":
        """Both together."""
        return Known(self.known + other.known, self.genuine + other.genuine)


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    """
    About a tenth of the labelled payments of a model, with neighbouring scores.

    Attributes:
        score_from, score_to: Between these the scores lie, 0..1.
        mean_score: The share of frauds that the model foretold.
        low, high: Between these their share lies, by so few labels: 95 %.
    """

    score_from: float
    score_to: float
    n: int
    frauds: int
    mean_score: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ModelOutcomes:
    """
    What labels say of one model.

    Attributes:
        would_block: Of the payments that its level alone would block, by what was decided: block, review or approve.
        calibration: Ascending; None while there are too few labels.
    """

    name: str
    version: str
    labels: int
    frauds: int
    would_block: Mapping[str, Known]
    calibration: Sequence[ScoreGroup] | None

    @property
    def stopped(self) -> Known:
        """Of all that it would block, however it was decided."""
        return Known(
            sum(found.known for found in self.would_block.values()),
            sum(found.genuine for found in self.would_block.values()),
        )


def interval(part: int, whole: int) -> tuple[float, float]:
    """
    Between which shares the true one lies, 95 % of the time, when `part` of `whole` were seen; 0 to 1 of none.

    Source: Wilson (1927), score interval. Unlike part/whole +- 1.96 sd it is right for few, and near 0 and 1.
    """
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, _Z * _Z / whole
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole)) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def to_outcomes(sums: Iterable[Document]) -> list[ModelOutcomes]:
    """From `outcomes` of `label_sums`, the model with most labels first."""
    by_model: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for row in sums:
        model = row["_id"]["model"]
        by_model[model["name"], model["version"]].append(row)
    found = [_of_model(name, version, rows) for (name, version), rows in by_model.items()]
    return sorted(found, key=lambda one: -one.labels)


def _of_model(name: str, version: str, rows: Sequence[Document]) -> ModelOutcomes:
    labels, frauds = sum(row["n"] for row in rows), sum(row["frauds"] for row in rows)
    would_block: dict[str, Known] = defaultdict(Known)
    for row in rows:
        if row["_id"]["model_decision"] == "block":
            decision = row["_id"]["decision"]
            would_block[decision] = would_block[decision].plus(Known(row["n"], row["n"] - row["frauds"]))
    is_enough = min(frauds, labels - frauds) >= EACH_KIND_MIN
    return ModelOutcomes(name, version, labels, frauds, would_block, _calibration(rows) if is_enough else None)


def _calibration(rows: Sequence[Document]) -> list[ScoreGroup]:
    by_bin: dict[int, tuple[int, int, float]] = defaultdict(lambda: (0, 0, 0.0))
    for row in rows:
        n, frauds, scores = by_bin[int(row["_id"]["bin"])]
        by_bin[int(row["_id"]["bin"])] = n + row["n"], frauds + row["frauds"], scores + row["scores"]
    labels, last = sum(n for n, _, _ in by_bin.values()), max(by_bin)
    groups: list[ScoreGroup] = []
    begun, n, frauds, scores = min(by_bin), 0, 0, 0.0
    for number, (more, more_frauds, more_scores) in sorted(by_bin.items()):
        n, frauds, scores = n + more, frauds + more_frauds, scores + more_scores
        if n * GROUPS >= labels or number == last:
            groups.append(_to_group(begun, number, n, frauds, scores))
            begun, n, frauds, scores = number + 1, 0, 0, 0.0
    return groups


def _to_group(first: int, last: int, n: int, frauds: int, scores: float) -> ScoreGroup:
    low, high = interval(frauds, n)
    return ScoreGroup(_edge(first), _edge(last + 1), n, frauds, scores / n, low, high)


def _edge(number: int) -> float:
    return 1.0 / (1.0 + math.exp(-number / BINS_PER_UNIT))
