"""The traffic of all gateways, as far as this one knows it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from gateway.features.traffic.bucket import BUCKET_S, BUCKETS
from gateway.features.traffic.others import Announcer, Beat, Others
from gateway.features.traffic.recorder import Recorder
from gateway.features.traffic.window import Report, Window

NEWEST_BUCKETS = 5  # 10 s


class Traffic:
    """
    Notes this process's requests, sends them to the others, receives theirs, and says what all had. Waits for nobody.

    While there are others, what is shown ends one bucket earlier: theirs come with their next heartbeat and ours, and
    a newest bucket without them would look like a dip.
    """

    def __init__(self, now_s: Callable[[], float], monotonic_s: Callable[[], float]) -> None:
        """
        Args:
            now_s: Seconds since the epoch.
            monotonic_s: Seconds on a clock that does not jump.
        """
        self._now_s = now_s
        self._monotonic_s = monotonic_s
        self._own = Recorder(now_s)
        self._announcer = Announcer(self._own)
        self._alive: int | None = None  # others, at the last heartbeat; None before the first
        self._understood = 0  # of them
        self._is_cut_off = False
        self._begin()
        self.note = self._own.note

    def requests_per_s(self) -> float:
        """How many requests this process alone answered lately, by its newest closed bucket."""
        self._own.turn()
        closed = self._own.closed.get(self._own.filling - 1)
        return sum(closed.outcomes) / BUCKET_S if closed is not None else 0.0

    def tell(self) -> bytes:
        """What the next heartbeat says of this process."""
        return self._announcer.tell(self._now_s())

    def receive(self, beats: Iterable[Beat]) -> None:
        """Every other gateway that is alive, after each heartbeat of ours."""
        self._turn()
        received = [self._others.receive(beat) for beat in beats]
        self._others.forget()
        self._alive, self._understood, self._is_cut_off = len(received), sum(received), False

    def cut_off(self) -> None:
        """The ledger is away, so nothing is received."""
        self._is_cut_off = True

    def report(self) -> Report:
        """The last BUCKETS closed buckets."""
        self._turn()
        others = self._others.fresh
        end = self._own.filling - (1 if others else 0)
        slots = range(end - BUCKETS, end)
        return Report(
            at=datetime.fromtimestamp(end * BUCKET_S, UTC),
            instances=1 + others,
            is_whole=self._alive == 0 or (not self._is_cut_off and self._understood == self._alive),
            known_from=datetime.fromtimestamp(self._own.began * BUCKET_S, UTC),
            newest=self._window.together(slots[-NEWEST_BUCKETS:]),
            buckets=self._window.figures(slots),
            scores=self._window.scores(slots),
        )

    def _begin(self) -> None:
        self._run = self._own.run
        self._taken_to = 0  # of our own, this slot was added to the window last
        self._window = Window()
        self._others = Others(self._window, now_s=self._now_s, monotonic_s=self._monotonic_s)

    def _turn(self) -> None:
        """Add up what was closed meanwhile."""
        self._own.turn()
        if self._own.run != self._run:
            self._begin()
        for slot in [slot for slot in self._own.closed if slot > self._taken_to]:
            self._window.add(slot, self._own.closed[slot])
            self._taken_to = slot
        self._window.forget_before(self._own.filling - BUCKETS - 1)
