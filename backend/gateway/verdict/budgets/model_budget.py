"""The thresholds of one model: its own, or those that its scores of the merchant's payments ask for."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain import Limits, Thresholds
from gateway.verdict.budgets.target import Ramp, Start, target_bin
from gateway.verdict.budgets.window import (
    NEWEST_SLOTS,
    SLOT_S,
    Counts,
    Window,
    lower_edge,
    slot_of,
    to_bin,
    to_log_odds,
    to_score,
)

_NOTED_MAX = 1_000  # scores, 32 kB: to count them takes 0.6 ms


@dataclass(frozen=True, slots=True)
class WouldHave:
    """What a model would have made of these payments by itself, without any budget."""

    payments: int
    reviewed: int
    blocked: int


class ModelBudget:
    """
    Counts scores, and says which thresholds are in force. Pure: the time is given.

    Args:
        source: Whose counts these are: of this run of this process, and of no other.
        limits: What the model says of itself.
        start: Where the threshold stood when this gateway last ran.

    Attributes:
        thresholds: In force, as of the last `turn`.
        window: What all gateways counted, as far as it was received.
        payments: That the review threshold is taken from, 10,000 or a little more.
        unshared: By slot and source: what is over and was counted here, and the ledger does not have yet.
        oldest: The first slot that the review threshold is taken from.
        noted_s: When a score was counted last; seconds since the epoch.
    """

    def __init__(self, source: str, limits: Limits, start: Start | None = None) -> None:
        self.source = source
        self.limits = limits
        self.window = Window()
        self.payments = 0
        self.unshared: dict[tuple[int, str], Counts] = {}
        self.oldest = 0
        self.noted_s = 0.0
        self.thresholds = Thresholds(limits.review_threshold, limits.block_threshold)
        self._ramp = Ramp(to_log_odds(limits.review_threshold), start)
        self._received: tuple[Start, ...] = ()
        self._slot: int | None = None
        self._counts: dict[int, int] = {}  # of the slot that is being filled
        self._noted: list[float] = []  # of the same slot
        self._is_stale = True

    @property
    def start(self) -> Start | None:
        """What others are told; None while the model's own thresholds are in force for want of payments."""
        return self._ramp.start

    @property
    def follows(self) -> bool:
        """Whether the thresholds follow the traffic, wherever that leads."""
        return self._ramp.start is not None and not self.limits.own_labels

    @property
    def filling(self) -> tuple[int, Counts] | None:
        """The slot that is being filled."""
        self._count_noted()
        return None if self._slot is None else (self._slot, self._counts)

    def would_have(self) -> "WouldHave":
        """What its own thresholds make of all payments that are counted here, those of the newest hour too."""
        self._count_noted()
        review, block = to_bin(self.limits.review_threshold), to_bin(self.limits.block_threshold)
        payments = stopped = blocked = 0
        for counts in (self._counts, *(counts for _, counts, _ in self.window.slots())):
            for number, n in counts.items():
                payments += n
                stopped += n if number >= review else 0
                blocked += n if number >= block else 0
        return WouldHave(payments, stopped - blocked, blocked)

    def note(self, risk_score: float, now_s: float) -> None:
        """Count a score. On the way of every verdict: its bin is found later, for many at once."""
        self._move_on(int(now_s // SLOT_S))
        self.noted_s = now_s
        self._noted.append(risk_score)
        if len(self._noted) >= _NOTED_MAX:
            self._count_noted()

    def add(self, slot: int, source: str, counts: Counts, start: Start | None = None) -> None:
        """
        Count what another gateway, or an earlier run of this one, has counted.

        Args:
            start: Of its threshold then: whoever knows of none goes on from there.
        """
        if self.window.add(slot, source, counts):
            self._is_stale = True
            self._ramp.start = self._ramp.start or start

    def take_up(self, slot: int, source: str, counts: Counts) -> None:
        """Count what this run, or an earlier one on this machine, has counted, and share it."""
        self.add(slot, source, counts)
        self.unshared[slot, source] = counts

    def receive(self, starts: Iterable[Start], now_s: float) -> None:
        """Take in where the others' thresholds stand: the lowest one is everybody's."""
        self._received = tuple(starts)
        for start in self._received:
            self._ramp.join(start, now_s)

    def limit(self, limits: Limits, now_s: float) -> None:
        """Take what the model says of itself now."""
        if limits.review_threshold != self.limits.review_threshold:
            self._ramp.own = to_log_odds(limits.review_threshold)
            self._is_stale = True
        self.limits = limits
        self.thresholds = self._in_force(now_s)

    def finish(self) -> None:
        """End the slot that is being filled: this run counts no more."""
        self._finish(None)

    def turn(self, now_s: float) -> None:
        """Do what the passing of time asks for: every few seconds."""
        now = slot_of(now_s)
        self._move_on(now)
        if self._is_stale:
            self._aim(now, now_s)
        self.thresholds = self._in_force(now_s)

    def _move_on(self, slot: int) -> None:
        # a clock that is set back a little goes on with the slot that it has reached
        if self._slot is None or not self._slot - NEWEST_SLOTS <= slot <= self._slot:
            self._finish(slot)

    def _count_noted(self) -> None:
        for bin_number in map(to_bin, self._noted):
            self._counts[bin_number] = self._counts.get(bin_number, 0) + 1
        self._noted.clear()

    def _finish(self, slot: int | None) -> None:
        self._count_noted()
        if self._slot is not None and self._counts:
            self.take_up(self._slot, self.source, self._counts)
        self._slot, self._counts = slot, {}
        self._is_stale = True

    def _aim(self, now: int, now_s: float) -> None:
        slots = self.window.last_payments(now)
        if slots:
            self.oldest = slots[0][0]
            self.window.forget_before(self.oldest, now)
            self.unshared = {key: counts for key, counts in self.unshared.items() if key[0] >= self.oldest}
        self.payments = sum(slot.payments for _, slot in slots)
        found = target_bin(slots, lowest=to_bin(self.limits.review_threshold))
        self._ramp.aim(None if found is None else lower_edge(found), now_s, self._received)
        for start in self._received:
            self._ramp.join(start, now_s)
        self._is_stale = False

    def _in_force(self, now_s: float) -> Thresholds:
        limits = self.limits
        shift = 0.0 if limits.own_labels else self._ramp.value(now_s) - self._ramp.own
        if shift <= 0.0:
            return Thresholds(limits.review_threshold, limits.block_threshold)
        return Thresholds(
            review=max(limits.review_threshold, to_score(self._ramp.own + shift)),
            block=max(limits.block_threshold, to_score(to_log_odds(limits.block_threshold) + shift)),
        )
