"""
How the scores of the last 10,000 payments were spread, in slots of ten minutes, of all gateways together.

A slot of one gateway never changes once it is over, so it is added once, by its source, in whatever order and however
often it is received. The newest hour is kept and not counted: what happens now must not move what is decided now.

Scores are counted in bins of equal width in log-odds: near 0 and near 1, where scores lie close, bins are narrow, too.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

SLOT_S = 600
NEWEST_SLOTS = 6  # an hour that does not count yet
PAYMENTS_MAX = 10_000
_SLOTS_MAX = 60 * 24 * 6  # 60 days: what is older describes another season

Counts = Mapping[int, int]  # bin of log-odds -> payments
BINS_PER_UNIT = 64  # neighbouring small scores differ by 1.6 %: a threshold is then told within the 5 % that matter
_LOG_ODDS_MAX = 12.0  # scores of 0.000006 and 0.999994; what lies beyond falls into the last bins
BIN_MAX = round(_LOG_ODDS_MAX * BINS_PER_UNIT)
_ROUNDING = 1 - 1e-12  # a score at the edge of its bin must not fall below that edge by a rounded logarithm


@dataclass(slots=True)
class Slot:
    """Ten minutes: how many scores fell into each bin, how many that were, and who counted them."""

    counts: dict[int, int] = field(default_factory=dict)
    payments: int = 0
    sources: set[str] = field(default_factory=set)


def slot_of(now_s: float) -> int:
    """Args: now_s: seconds since the epoch."""
    return int(now_s // SLOT_S)


class Window:
    """Memory is bounded: bins of the slots that hold the last 10,000 payments, and of the newest hour."""

    def __init__(self) -> None:
        self._slots: dict[int, Slot] = {}

    def add(self, slot: int, source: str, counts: Counts) -> bool:
        """Add what one source counted in a slot; False when that is known already."""
        known = self._slots.get(slot)
        if known is None:
            known = self._slots[slot] = Slot()
        if source in known.sources:
            return False
        known.sources.add(source)
        known.payments += sum(counts.values())
        for bin_number, payments in counts.items():
            known.counts[bin_number] = known.counts.get(bin_number, 0) + payments
        return True

    def put(self, slot: int, sources: Iterable[str], counts: Counts) -> None:
        """Take up a slot as an earlier run knew it."""
        self._slots[slot] = Slot(dict(counts), sum(counts.values()), set(sources))

    def last_payments(self, now: int) -> list[tuple[int, Slot]]:
        """
        The slots that hold the last 10,000 payments, the newest hour left out; oldest first.

        Args:
            now: The slot of the present.
        """
        found: list[tuple[int, Slot]] = []
        missing = PAYMENTS_MAX
        for number in sorted((slot for slot in self._slots if slot < now - NEWEST_SLOTS), reverse=True):
            if missing <= 0:
                break
            slot = self._slots[number]
            found.append((number, slot))
            missing -= slot.payments
        return found[::-1]

    def forget_before(self, oldest: int, now: int) -> None:
        """Forget slots that no threshold will be taken from any more."""
        oldest = max(oldest, now - _SLOTS_MAX)
        for number in [number for number in self._slots if number < oldest]:
            del self._slots[number]

    def slots(self) -> Iterator[tuple[int, Counts, Collection[str]]]:
        """Everything that is kept, to be written down."""
        for number, slot in self._slots.items():
            yield number, slot.counts, slot.sources


def to_log_odds(score: float) -> float:
    """Between -12 and 12, also for 0 and 1."""
    if score <= 0.0:
        return -_LOG_ODDS_MAX
    if score >= 1.0:
        return _LOG_ODDS_MAX
    return max(-_LOG_ODDS_MAX, min(_LOG_ODDS_MAX, math.log(score / (1.0 - score))))


def to_score(log_odds: float) -> float:
    """The way back, 0..1."""
    return _ROUNDING / (1.0 + math.exp(-log_odds))


def to_bin(score: float) -> int:
    """Of a score, -BIN_MAX to BIN_MAX."""
    return math.floor(to_log_odds(score) * BINS_PER_UNIT)


def lower_edge(bin_number: int) -> float:
    """In log-odds: no score of this bin is below it."""
    return bin_number / BINS_PER_UNIT
