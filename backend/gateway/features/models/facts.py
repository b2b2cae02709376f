"""
What a brain says of its models, in the gateway's words. What cannot be true does not come in.

The population stability index says how far what is scored now has moved from what the model was judged on:

    PSI = sum over bins of (live share - expected share) * ln(live share / expected share)

It is the Kullback-Leibler divergence taken in both directions. Each share is at least SHARE_MIN, so that an empty bin
counts as rare and not as impossible. The usual reading: below 0.1 stable, to 0.25 shifting, above it shifted. Chance
alone gives about (bins - 1) / rows: 0.02 at 500 rows, 0.002 at 5,000.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from protos import fraud_pb2

_HISTOGRAMS_MAX = 64  # a brain has about ten; more of them would only fill replies
_BINS_MAX = 128
ROWS_MIN = 500  # below it chance alone comes near to what is called shifting
SHARE_MIN = 0.0001  # one row in the 10,000 that a brain counts at most

SHIFTING = 0.1
SHIFTED = 0.25

Reading = Literal["stable", "shifting", "shifted"]


@dataclass(frozen=True, slots=True)
class Histogram:
    """
    How often the values of one quantity fell into each bin lately, beside the shares that were expected.

    Attributes:
        edges: n, ascending.
        expected_shares, counts: n + 2: below the first edge, between, from the last on, unknown.
    """

    name: str
    edges: tuple[float, ...]
    expected_shares: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many values were counted."""
        return sum(self.counts)

    def is_like(self, other: "Histogram") -> bool:
        """Whether the two count the same thing, so that their counts may be added."""
        return (self.name, self.edges, self.expected_shares) == (other.name, other.edges, other.expected_shares)

    def plus(self, other: "Histogram") -> "Histogram":
        """Both together."""
        return replace(self, counts=tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)))


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model as its brain describes it."""

    name: str
    version: str
    sha256: str
    trained_on: str
    thresholds: Mapping[str, float]  # level -> lowest risk score of that level
    metrics: Mapping[str, float]  # on unseen simulated weeks
    histograms: tuple[Histogram, ...]  # of what this brain scored lately

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same model, wherever it runs."""
        return self.name, self.version, self.sha256


def to_facts(description: fraud_pb2.ModelDescription) -> ModelFacts | None:
    """What a brain said of one model; None when it does not even say which one it is."""
    if not description.name or not description.version:
        return None
    histograms = [_to_histogram(histogram) for histogram in description.live[:_HISTOGRAMS_MAX]]
    return ModelFacts(
        name=description.name,
        version=description.version,
        sha256=description.sha256,
        trained_on=description.trained_on,
        thresholds=_finite(description.thresholds),
        metrics=_finite(description.metrics),
        histograms=tuple(histogram for histogram in histograms if histogram is not None),
    )


def _to_histogram(message: fraud_pb2.Histogram) -> Histogram | None:
    bins = len(message.edges) + 2
    is_whole = len(message.expected_shares) == len(message.counts) == bins <= _BINS_MAX
    numbers: Iterable[float] = (*message.edges, *message.expected_shares)
    if not message.name or not is_whole or not all(math.isfinite(number) for number in numbers):
        return None
    if min(message.expected_shares) < 0 or list(message.edges) != sorted(set(message.edges)):
        return None
    return Histogram(message.name, tuple(message.edges), tuple(message.expected_shares), tuple(message.counts))


def _finite(numbers: Mapping[str, float]) -> Mapping[str, float]:
    """Without what JSON cannot say."""
    return {name: number for name, number in sorted(numbers.items()) if math.isfinite(number)}


def stability_index(expected_shares: Sequence[float], counts: Sequence[int]) -> float | None:
    """
    The index of these counts, or None while there are fewer than ROWS_MIN of them.

    Args:
        expected_shares: n, which sum to 1.
        counts: n, in the same bins.
    """
    rows = sum(counts)
    if rows < ROWS_MIN:
        return None
    pairs = zip(expected_shares, counts, strict=True)
    floored = ((max(expected, SHARE_MIN), max(count / rows, SHARE_MIN)) for expected, count in pairs)
    return sum((live - expected) * math.log(live / expected) for expected, live in floored)


def reading(index: float | None) -> Reading | None:
    """The index in a word."""
    if index is None:
        return None
    if index > SHIFTED:
        return "shifted"
    return "stable" if index < SHIFTING else "shifting"
