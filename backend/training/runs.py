"""Runs of frauds at a terminal, one after another without a genuine payment between: where a compromise shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.payments import Payments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_FAR_DAYS = 10_000  # no genuine payment before, or after


@dataclass(frozen=True, slots=True)
class Runs:
    """
    All r runs of all terminals.

    A compromise lasts whole days and makes every payment at its terminal a fraud. So it began after the day of the
    last genuine payment and ended before that of the next.

    Attributes:
        order: (n,) the payments by terminal and time.
        day: (n,) their days, in that order.
        begin, end: (r,) where in `order` each run begins and, one past it, ends.
        terminal: (r,) whose run it is.
        clean_before, clean_after: (r,) day of the genuine payment before it and of that after it.
    """

    order: Ints
    day: Ints
    begin: Ints
    end: Ints
    terminal: Ints
    clean_before: Ints
    clean_after: Ints

    @classmethod
    def of(cls, payments: Payments) -> "Runs":
        """Find them."""
        order = np.lexsort((payments.time_ms, payments.terminal))
        terminal, fraud, day = payments.terminal[order], payments.fraud[order], payments.day[order]
        same = terminal[1:] == terminal[:-1]
        follows = np.concatenate(([False], same & fraud[:-1]))
        begin = np.flatnonzero(fraud & ~follows)
        end = np.flatnonzero(fraud & ~np.append(follows[1:] & fraud[1:], False)) + 1
        has_before = np.concatenate(([False], same))[begin]
        has_after = np.append(same, False)[end - 1]
        return cls(
            order=order,
            day=day,
            begin=begin,
            end=end,
            terminal=terminal[begin],
            clean_before=np.where(has_before, day[begin - 1], -_FAR_DAYS),
            clean_after=np.where(has_after, day[np.minimum(end, day.size - 1)], _FAR_DAYS),
        )

    @property
    def frauds(self) -> Ints:
        """(r,) how many frauds each run has."""
        return self.end - self.begin

    @property
    def days_min(self) -> Ints:
        """(r,) the shortest compromise that could have made all of a run."""
        return self.day[self.end - 1] - self.day[self.begin] + 1

    @property
    def days_max(self) -> Ints:
        """(r,) the longest compromise that fits between the genuine payments around a run."""
        return self.clean_after - self.clean_before - 1

    def members(self, chosen: Bools) -> Bools:
        """(n,) which payments, in their own order, belong to the chosen runs (r,)."""
        steps = np.zeros(self.order.size + 1, dtype=np.int64)
        steps[self.begin[chosen]] += 1
        steps[self.end[chosen]] -= 1
        inside = np.zeros(self.order.size, dtype=np.bool_)
        inside[self.order] = np.cumsum(steps[:-1]) > 0
        return inside

    def compromises(self, evidence: Floats, *, days: int, hazard_per_day: float) -> tuple[Ints, Ints]:
        """
        The compromises that explain the runs better than stolen cards and large amounts do.

        Args:
            evidence: (n,) by payment: log of how much likelier its fraud is under a compromise than without.
            days: How long a compromise lasts.
            hazard_per_day: Chance that one begins at a terminal on a day.

        Returns:
            The run and the first day of each.
        """
        weight = evidence[self.order]
        found = [
            (run, first_day)
            for run in range(self.begin.size)
            for first_day in self._first_days(run, weight, days, hazard_per_day)
        ]
        runs, first_days = np.array(found, dtype=np.int64).reshape(-1, 2).T
        return runs, first_days

    def _first_days(self, run: int, weight: Floats, days: int, hazard_per_day: float) -> list[int]:
        begin, end = int(self.begin[run]), int(self.end[run])
        # Any day of earliest..latest is consistent with all payments there.
        earliest = max(int(self.clean_before[run]) + 1, int(self.day[end - 1]) - days + 1)
        latest = min(int(self.day[begin]), int(self.clean_after[run]) - days)
        if earliest <= latest:
            chance = np.log(hazard_per_day * (latest - earliest + 1))
            return [latest] if weight[begin:end].sum() + chance > 0 else []
        return self._several(run, weight, days, float(np.log(hazard_per_day)))

    def _several(self, run: int, weight: Floats, days: int, chance: float) -> list[int]:
        """A run longer than one compromise: from the left, one wherever the frauds need one."""
        at, end = int(self.begin[run]), int(self.end[run])
        found = []
        while at < end:
            first_day = min(int(self.day[at]), int(self.clean_after[run]) - days)
            past = at + int(np.searchsorted(self.day[at:end], first_day + days))
            if first_day > self.clean_before[run] and weight[at] > 0 and weight[at:past].sum() + chance > 0:
                found.append(first_day)
                at = past
            else:
                at += 1
        return found
