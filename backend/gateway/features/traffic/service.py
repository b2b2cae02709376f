"""
The traffic of all gateways, as far as this one knows it: what others announce is counted once, bucket by bucket.

Buckets are made by each machine's own clock. By the heartbeat's age, which the ledger's clock measures, it is known
how far two clocks are apart. That is made good by whole buckets, always so that another's bucket is shown no earlier
than it was: one that is shown earlier comes late, when the newest bucket is on the screen without it, and that looks
like a dip. So a curve may be one bucket late.

A gateway tells its newest closed buckets, again for as long as they are new: a beat that was missed costs nothing.
With them go a few older ones in turn, so that who has just started, or was cut off, has all of them within half a
minute. It is packed: 200 gateways read 200 of these each second. A bucket has about 100 bytes, or 1 kB at worst, and a
message ten of them.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from gateway.features.traffic.bucket import BUCKET_S, BUCKETS, ClosedBucket, Report, Window
from gateway.features.traffic.recorder import Recorder

_NEWEST = 5  # buckets; 10 s
_OLDER = 5
_FORM: Final = 1  # another one is not understood: then a rolling upgrade has no common figures, and says so
_LATE_MAX_S = 0.1  # another's buckets may come so much late; clocks that NTP keeps are less apart
_EARLY_MAX_S = BUCKET_S + 0.5  # and so much early: half a second more than needed, so that nothing moves to and fro
_LOOKS = 3  # at how far clocks are apart: a heartbeat on a slow way looks late, never early, so the least is true
_AHEAD_MAX = 2  # buckets that another may be ahead of us
_FRESH_S = 3.0  # two heartbeats of ours, each with all that it may take
_FORGET_S = (BUCKETS + 5) * BUCKET_S
_SOURCES_MAX = 400  # twice what a fleet may have: those that have just gone are among them
NEWEST_BUCKETS = 5  # 10 s


class Announcement(Struct, array_like=True):
    """
    One gateway's word.

    Attributes:
        run: Names its figures: Recorder.run.
        clock_s: What its clock said when it announced this, in seconds since the epoch.
        buckets: Slots by that clock, each with a ClosedBucket for `decode_bucket`.
    """

    form: Literal[1]
    run: Annotated[str, Meta(max_length=32)]
    clock_s: float
    buckets: Annotated[list[tuple[int, Raw]], Meta(max_length=_NEWEST + _OLDER)]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Announcement)
_bucket_decoder = msgspec.msgpack.Decoder(ClosedBucket)


def decode(message: bytes) -> Announcement:
    """Raises ValueError: another version speaks, or nobody who should."""
    return _decoder.decode(message)


def decode_bucket(raw: Raw) -> ClosedBucket:
    """Raises ValueError, as above."""
    return _bucket_decoder.decode(raw)


class Announcer:
    """Encodes the traffic of this process for its heartbeats."""

    def __init__(self, own: Recorder) -> None:
        self._own = own
        self._announced_to = 0  # of the older ones, this slot was announced last

    def announce(self, clock_s: float) -> bytes:
        """Encode the next message. Args: as of Announcement."""
        self._own.turn()
        new_from = self._own.filling - _NEWEST
        older = [slot for slot in self._own.closed if self._announced_to < slot < new_from][:_OLDER]
        self._announced_to = older[-1] if len(older) == _OLDER else 0
        slots = older + [slot for slot in self._own.closed if slot >= new_from]
        buckets = [(slot, Raw(_encoder.encode(self._own.closed[slot]))) for slot in slots]
        return _encoder.encode(Announcement(_FORM, self._own.run, clock_s, buckets))


@dataclass(frozen=True, slots=True)
class Beat:
    """
    Another gateway's newest heartbeat.

    Attributes:
        name: Of the gateway.
        traffic: What it announces, from `Announcer.announce`; None when it announces nothing.
        age_s: How long ago that was, by the ledger's clock.
    """

    name: str
    traffic: bytes | None
    age_s: float


@dataclass(slots=True)
class _Source:
    run: str
    seen_s: float
    shift: int = 0  # from its slots to ours
    seen: set[int] = field(default_factory=set)  # its own slots
    looks: deque[float] = field(default_factory=lambda: deque(maxlen=_LOOKS))

    def agree(self, apart_s: float) -> None:
        """Args: apart_s: how far our clock is ahead of its clock."""
        self.looks.append(apart_s)
        apart_s = min(self.looks)
        if not -_EARLY_MAX_S <= apart_s - self.shift * BUCKET_S <= _LATE_MAX_S:
            self.shift = ceil((apart_s - _LATE_MAX_S) / BUCKET_S)


class Others:
    """Receives them, and remembers of whom what was counted."""

    def __init__(self, window: Window, *, now_s: Callable[[], float], monotonic_s: Callable[[], float]) -> None:
        """
        Args:
            window: Where their buckets are added up.
            now_s: Seconds since the epoch, by which our slots are numbered.
            monotonic_s: Seconds on a clock that does not jump.
        """
        self._window = window
        self._now_s = now_s
        self._monotonic_s = monotonic_s
        self._sources: dict[str, _Source] = {}

    @property
    def fresh(self) -> int:
        """Count those whose traffic we receive right now."""
        since_s = self._monotonic_s() - _FRESH_S
        return sum(source.seen_s > since_s for source in self._sources.values())

    def receive(self, beat: Beat) -> bool:
        """Count what is new in it. False when it is not understood: another version speaks."""
        if beat.traffic is None:
            return False
        try:
            return self._count(beat.name, decode(beat.traffic), beat.age_s)
        except (ValueError, OverflowError):  # the latter by a clock that nobody has
            return False

    def forget(self) -> None:
        """Forget who is gone for long: nothing of it is shown any more."""
        before_s = self._monotonic_s() - _FORGET_S
        self._sources = {name: source for name, source in self._sources.items() if source.seen_s > before_s}

    def _count(self, name: str, announced: Announcement, age_s: float) -> bool:
        source = self._sources.get(name)
        if source is None or source.run != announced.run:
            if source is None and len(self._sources) >= _SOURCES_MAX:
                return False
            source = self._sources[name] = _Source(announced.run, 0.0)
        source.seen_s = self._monotonic_s()
        source.agree(self._now_s() - age_s - announced.clock_s)
        newest = int(self._now_s() // BUCKET_S) + _AHEAD_MAX
        oldest = newest - BUCKETS - _AHEAD_MAX
        for slot, raw in announced.buckets:
            if slot not in source.seen and oldest <= slot + source.shift <= newest:
                self._window.add(slot + source.shift, decode_bucket(raw))
                source.seen.add(slot)
        source.seen = {slot for slot in source.seen if slot + source.shift >= oldest}
        return True


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
        """Compute how many requests this process alone answered lately, by its newest closed bucket."""
        self._own.turn()
        closed = self._own.closed.get(self._own.filling - 1)
        return sum(closed.outcomes) / BUCKET_S if closed is not None else 0.0

    def announce(self) -> bytes:
        """Encode the traffic of this process for the next heartbeat."""
        return self._announcer.announce(self._now_s())

    def receive(self, beats: Iterable[Beat]) -> None:
        """Take in every other gateway that is alive, after each heartbeat of ours."""
        self._turn()
        received = [self._others.receive(beat) for beat in beats]
        self._others.forget()
        self._alive, self._understood, self._is_cut_off = len(received), sum(received), False

    def cut_off(self) -> None:
        """Note that the ledger is away, so nothing is received."""
        self._is_cut_off = True

    def report(self) -> Report:
        """Report the last BUCKETS closed buckets."""
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
