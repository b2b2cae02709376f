"""
Which score the review threshold should go to: the one above which two of a hundred payments lie.

The hours with most payments above it are left out first. A burst of fraud lasts minutes or a few hours, and a model
that does not fit is wrong all day: so a burst does not move the threshold, and a model that does not fit does.

The threshold goes there up within a day and down at once, counted in log-odds, where a step means the same at every
score. The way is told as (start, since): two gateways that hear each other's and have the same target then have the
same threshold at any moment, without a further word.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate

from gateway.verdict.budgets.window import BIN_MAX, SLOT_S, Slot

REVIEW_SHARE = 0.02
PAYMENTS_MIN = 1_000  # fewer say nothing of two in a hundred: they would be 20 payments
LEFT_OUT = 4  # periods: two bursts that each lie across the border of two
_SLOTS_PER_HOUR = 3600 // SLOT_S
_LONG = 12 * _SLOTS_PER_HOUR  # a window of half a day or more is cut into hours, a shorter one into slots
RISE_S = 24 * 3600.0  # a twenty-fourth of the way from the model's own to the target in an hour


class _Period:
    """An hour or a slot, made so that payments above a bin are found quickly."""

    def __init__(self) -> None:
        self.payments = 0
        self._counts: dict[int, int] = {}
        self._bins: list[int] = []
        self._up_to = [0]

    def add(self, slot: Slot, lowest: int) -> None:
        """Count the payments of a slot, by bin only those that may matter."""
        self.payments += slot.payments
        for number, payments in slot.counts.items():
            if number > lowest:
                self._counts[number] = self._counts.get(number, 0) + payments

    def sort(self) -> None:
        """All is added."""
        self._bins = sorted(self._counts)
        self._up_to = [0, *accumulate(self._counts[number] for number in self._bins)]

    def above(self, bin_number: int) -> int:
        """How many lie in a higher bin."""
        return self._up_to[-1] - self._up_to[bisect_right(self._bins, bin_number)]


def target_bin(slots: Sequence[tuple[int, Slot]], *, lowest: int) -> int | None:
    """
    The lowest bin above which no more than two in a hundred of the payments lie.

    What lies in that very bin is to be reviewed, too: many payments with one and the same score are never approved
    together because they are many.

    Args:
        slots: With their numbers, ascending, as from `Window.last_payments`.
        lowest: No lower bin is of interest: the model's own threshold lies there.

    Returns:
        None when fewer than 1,000 payments are left, once the worst periods are left out.
    """
    periods = _cut(slots, lowest)
    left_out = min(LEFT_OUT, len(periods) // 2)

    def excess(bin_number: int) -> tuple[float, int]:
        """Payments above this bin that are too many, and payments that were left out to tell that."""
        each = [(period.above(bin_number) - REVIEW_SHARE * period.payments, period.payments) for period in periods]
        worst = [found for found in nlargest(left_out, each) if found[0] > 0.0]
        return sum(found[0] for found in each) - sum(found[0] for found in worst), sum(found[1] for found in worst)

    low, high = lowest, BIN_MAX
    while low < high:
        middle = (low + high) // 2
        if excess(middle)[0] <= 0.0:
            high = middle
        else:
            low = middle + 1
    kept = sum(period.payments for period in periods) - excess(low)[1]
    return low if kept >= PAYMENTS_MIN else None


def _cut(slots: Sequence[tuple[int, Slot]], lowest: int) -> list[_Period]:
    is_long = bool(slots) and slots[-1][0] - slots[0][0] >= _LONG
    periods: dict[int, _Period] = defaultdict(_Period)
    for number, slot in slots:
        periods[number // _SLOTS_PER_HOUR if is_long else number].add(slot, lowest)
    for period in periods.values():
        period.sort()
    return list(periods.values())


@dataclass(frozen=True, slots=True)
class Start:
    """Where the threshold stood, in log-odds, and since when it rises from there: seconds since the epoch."""

    log_odds: float
    since_s: float


class Ramp:
    """
    Pure: the time is given.

    Args:
        own: The model's own threshold, log-odds. What follows never lies below it.

    Attributes:
        start: None as long as there is no target: the model's own threshold is then in force.
        target: In log-odds.
    """

    def __init__(self, own: float, start: Start | None = None) -> None:
        self.own = own
        self.start = start
        self.target: float | None = None

    def value(self, now_s: float) -> float:
        """The threshold in force, log-odds."""
        if self.start is None or self.target is None:
            return self.own
        return max(self.own, self._reached(self.start, self.target, now_s))

    def aim(self, target: float | None, now_s: float, others: Sequence[Start] = ()) -> None:
        """
        Go to another target from where the threshold stands now; None: back to the model's own, at once.

        Args:
            others: Of gateways that have followed longer: whoever begins goes on from where they are.
        """
        if target is None:
            self.start = None
        elif self.start is None:
            begun = min(others, key=lambda other: self._reached(other, target, now_s), default=None)
            self.start = begun or Start(self.own, now_s)
        elif self.target is not None and target != self.target:
            stands = self._reached(self.start, self.target, now_s)
            self.start = Start(max(self.own, min(stands, target)), now_s)
        # a start from a file or of another gateway stays as it is: it has risen towards this very target, by a clock
        # that may turn out to be wrong
        self.target = target

    def join(self, other: Start, now_s: float) -> None:
        """Take over the way of another gateway where it is lower; nothing where there is no target."""
        if self.start is None or self.target is None:
            return
        if self._reached(other, self.target, now_s) < self._reached(self.start, self.target, now_s):
            self.start = other

    def _reached(self, start: Start, target: float, now_s: float) -> float:
        way = max(0.0, target - self.own)
        return min(target, start.log_odds + way * max(0.0, now_s - start.since_s) / RISE_S)
