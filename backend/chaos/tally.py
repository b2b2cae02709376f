"""Counts outcomes in bounded memory and computes the result of a run."""

from collections import Counter, deque
from dataclasses import dataclass, field
from math import ceil

from chaos.outcome import Kind, Outcome

DETAILS_MAX = 50  # different reasons that are kept; later ones are counted together
CHANGES_MAX = 1_000
TENTHS_PER_MS = 10


@dataclass(frozen=True, slots=True)
class CircuitChange:
    """A change of the circuit, seen `at_s` seconds after the start of the run."""

    at_s: float
    old: str
    new: str


@dataclass(slots=True)
class Tally:
    """
    The outcomes of a run.

    Latencies are counted in tenths of a millisecond, so that memory depends on the client's timeout and
    not on the length of the run.
    """

    details: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    changes: deque[CircuitChange] = field(default_factory=lambda: deque(maxlen=CHANGES_MAX))
    late: int = 0  # requests that began more than 100 ms late: the rate was not kept
    _latencies: dict[Kind, Counter[int]] = field(default_factory=lambda: {kind: Counter() for kind in Kind})

    def add(self, outcome: Outcome) -> None:
        """Count one request."""
        detail = (outcome.kind, outcome.detail)
        if detail not in self.details and len(self.details) >= DETAILS_MAX:
            detail = (outcome.kind, "other")
        self.details[detail] += 1
        self._latencies[outcome.kind][round(outcome.latency_ms * TENTHS_PER_MS)] += 1

    def count(self, kind: Kind) -> int:
        """Count the requests that ended with this outcome."""
        return self._latencies[kind].total()

    @property
    def total(self) -> int:
        """Count all requests that ended."""
        return sum(self.count(kind) for kind in Kind)

    def percentile_ms(self, kind: Kind, percent: float) -> float | None:
        """
        Nearest-rank percentile of the latency in ms, to 0.1 ms; None when no request ended so.

        At least `percent` of the requests took no longer than this.
        """
        latencies = self._latencies[kind]
        rank = ceil(percent / 100 * latencies.total())
        seen = 0
        for tenths in sorted(latencies):
            seen += latencies[tenths]
            if seen >= max(rank, 1):
                return tenths / TENTHS_PER_MS
        return None

    @property
    def exit_status(self) -> int:
        """The exit status: 0 when every request got a verdict, 1 when one did not or none was sent."""
        return 1 if self.count(Kind.ERROR) or not self.total else 0
