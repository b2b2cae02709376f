"""The columns of a town while it is made: dictionaries of arrays, and codes that no two things share."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.payments import ENTITIES, NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = dict[str, Ints]  # by the names of Payments, and `scenario`

_NAMES = ("time_ms", "amount_minor", "scenario", *ENTITIES, *TEXTS, "account_created_ms", "utc_offset_min")
_UNKNOWN = {"account_created_ms": NO_TIME_MS, "utc_offset_min": NO_OFFSET_MIN}


class Codes:
    """Gives codes to users, cards and so on: each only once."""

    def __init__(self) -> None:
        self._next = dict.fromkeys(ENTITIES, 0)

    def take(self, kind: str, n: int) -> Ints:
        """Return n new codes of this kind of entity."""
        first = self._next[kind]
        self._next[kind] += n
        return np.arange(first, first + n)


def complete(n: int, columns: Columns) -> Columns:
    """Return all columns of n payments: the given ones, and unknown values."""
    unknown = {name: np.full(n, _UNKNOWN.get(name, NO_CODE)) for name in _NAMES}
    return unknown | columns


def joined(parts: Sequence[Columns]) -> Columns:
    """Append the payments of the parts."""
    return {name: np.concatenate([part[name] for part in parts]) for name in _NAMES}


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, n: int) -> Ints:
    """Draw n positions by their weights."""
    edges = np.cumsum(weights)
    return np.asarray(np.searchsorted(edges, rng.random(n) * edges[-1], side="right"))


def groups(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for groups of these sizes, the group of each member and its place in it, from 0 on."""
    group = np.repeat(np.arange(counts.size), counts)
    return group, np.arange(group.size) - np.repeat(np.cumsum(counts) - counts, counts)


def running(values: Floats, counts: Ints) -> Floats:
    """Add up values within each group of these sizes: the sum up to and with each member."""
    total = np.cumsum(values)
    before = np.concatenate(([0.0], total))[np.cumsum(counts) - counts]
    return np.asarray(total - np.repeat(before, counts))
