"""Collects values of a file that are wrong: the first ones by line, the others by their number."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NAMED_MAX = 20


@dataclass(slots=True)
class WrongValues:
    """
    What was wrong in one file.

    Attributes:
        file: Its name.
        lines: (n,) where each row stands in it, from 1 on.
        left_out: (n,) rows that cannot be used at all.
        notes: Sentences about the file as a whole.
    """

    file: str
    lines: Ints
    left_out: Bools
    notes: list[str] = field(default_factory=list)
    _named: list[tuple[int, str]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, column: str, values: list[str], rows: Ints, why: str, *, leaves_out: bool) -> None:
        """
        Note wrong values.

        Args:
            column: The file's name of the column.
            values: (k,) as they stand in the file.
            rows: (k,) their rows.
            why: What is wrong, and what to do.
            leaves_out: Whether these rows are of no use without the value; otherwise it counts as unknown.
        """
        self._counts[f"{column}: {why}"] += rows.size
        for value, row in list(zip(values, rows.tolist(), strict=True))[:NAMED_MAX]:
            self._named.append((int(self.lines[row]), f"{column} {value[:40]!r}: {why}"))
        if leaves_out:
            self.left_out[rows] = True

    @property
    def sentences(self) -> list[str]:
        """The notes, then the first wrong values in order of their lines, then how many there are of each kind."""
        named = [f"{self.file}, line {line}: {said}" for line, said in sorted(self._named)[:NAMED_MAX]]
        more = self._counts.total() - len(named)
        counted = [f"{self.file}: {n:,} x {said}" for said, n in self._counts.most_common()] if more else []
        return [*(f"{self.file}: {note}" for note in self.notes), *named, *counted]
