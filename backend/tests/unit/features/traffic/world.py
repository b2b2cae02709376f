"""Two gateways that share their traffic through a ledger."""

from dataclasses import dataclass, field

from gateway.features.traffic.service import Beat, Traffic
from tests.clock import Clock
from tests.unit.features.traffic.test_traffic import EVEN_S, clock_at


@dataclass
class Ledger:
    """Keeps the last heartbeat of each gateway, and stamps it by a clock of its own."""

    clock: Clock
    beats: dict[str, tuple[bytes | None, float]] = field(default_factory=dict)
    is_up: bool = True

    def beat(self, name: str, traffic: Traffic) -> None:
        """One gateway writes its heartbeat and reads those of the others."""
        if not self.is_up:
            traffic.cut_off()
            return
        self.beats[name] = traffic.announce(), self.clock()
        others = [(other, *told) for other, told in self.beats.items() if other != name]
        traffic.receive([Beat(other, told, self.clock() - at_s) for other, told, at_s in others])


class World:
    """Two gateways, the ledger between them, and one time for all; the second one's clock may be wrong."""

    def __init__(self, *, wrong_by_s: float = 0.0) -> None:
        self.time = clock_at(EVEN_S)
        self.wrong_by_s = wrong_by_s
        self.ledger = Ledger(self.time)
        self.one = Traffic(self.time, self.time)
        self.two = Traffic(lambda: self.time() + self.wrong_by_s, self.time)

    def pass_s(self, seconds: int) -> None:
        """Both beat once a second."""
        for _ in range(seconds):
            self.time.now_s += 1
            self.ledger.beat("one", self.one)
            self.ledger.beat("two", self.two)
