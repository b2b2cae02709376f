"""What this gateway sees of outages: one that goes over into another is one, with the times of its verdicts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from bson.objectid import ObjectId

from gateway.features.outages import service as tracker_module
from gateway.features.outages.service import OutageTracker
from gateway.features.outages.shortages import Shortages, Shortfall, is_worse
from gateway.features.outages.store import Outage, OutageStore
from gateway.kit import clock as time_of_day
from gateway.kit.circuit import Circuit, CircuitState, Transition
from gateway.scoring.errors import SCORER_ERRORS, ScorerTimedOut
from gateway.scoring.monitor import ScoreMonitor
from tests.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


class Store:
    """Outages in memory, as MongoDB would keep them."""

    def __init__(self) -> None:
        self.outages: dict[ObjectId, Outage] = {}

    async def begin(self, began_at: datetime, *, cause: str) -> None:
        """One at a time."""
        found = await self.lasting() or Outage(ObjectId(), cause, began_at, None, ("one",), False, None)
        worse = cause if is_worse(cause, found.cause) else found.cause
        began_at = min(began_at, found.began_at)
        self.outages[found.id] = Outage(found.id, worse, began_at, None, ("one",), False, None)

    async def end(self, outage_id: ObjectId, *, ended_at: datetime) -> None:
        """It is over."""
        was = self.outages[outage_id]
        self.outages[outage_id] = Outage(was.id, was.cause, was.began_at, ended_at, was.instances, False, None)

    async def add_past(self, began_at: datetime, ended_at: datetime, *, cause: str) -> None:
        """One of which nobody else knew."""
        outage = Outage(ObjectId(), cause, began_at, ended_at, ("one",), False, None)
        self.outages[outage.id] = outage

    async def lasting(self) -> Outage | None:
        """The one that is not over."""
        return next((outage for outage in self.outages.values() if outage.ended_at is None), None)

    async def unsettled(self) -> list[Outage]:
        """All."""
        return list(self.outages.values())


class Gateway:
    """A tracker with a circuit and verdicts, at a time that a test moves."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.store, self.alerts = clock, Store(), list[str]()
        self.monitor = ScoreMonitor(blind_after_s=30.0, now_s=clock, now=self.now)
        self.circuit = Circuit(SCORER_ERRORS, fail_max=3, reset_s=1.0, clock=clock, listeners=[self._changed])
        self.history = Shortfall(self.monitor.without_history, now_s=clock)
        self.scores = Shortfall(self.monitor.without_score, now_s=clock)
        shortages = Shortages((self.scores, lambda: "SCORER_TIMEOUT"), (self.history, lambda: "LEDGER_UNAVAILABLE"))
        self.tracker = OutageTracker(
            cast(OutageStore, self.store),
            self.circuit,
            self.monitor,
            shortages,
            self._alert,
            instance="one",
            others_are_healthy=lambda: True,
        )

    def now(self) -> datetime:
        """The time of day that belongs to the clock."""
        return START + timedelta(seconds=self.clock.now_s - 1000.0)

    def at(self, seconds: float) -> datetime:
        """So long after the start."""
        return START + timedelta(seconds=seconds)

    def verdicts(self, seconds: float, *, history: bool = True, score: bool = True) -> None:
        """Ten a second, as a gateway looks at them."""
        for _ in range(round(seconds * 2)):
            for _ in range(5):
                if score:
                    self.monitor.scored(is_live=True, is_degraded=not history)
                else:
                    self.monitor.unscored(is_live=True)
            self.notice()
            self.clock.now_s += 0.5

    def notice(self) -> None:
        """What the background does twice a second."""
        self.scores.look()
        self.history.look()
        self.tracker.notice()

    def _changed(self, change: Transition) -> None:
        self.tracker.circuit_changed(Transition(change.old, change.new, change.failures, self.now()))

    def _alert(self, kind: str, _key: str, _data: Mapping[str, Any]) -> None:
        self.alerts.append(kind)

    def open_circuit(self) -> None:
        """Three scores do not come."""
        while self.circuit.state is CircuitState.CLOSED:
            self.monitor.unscored(is_live=True)
            self.circuit.admit().failed(ScorerTimedOut("too late"))

    def close_circuit(self) -> None:
        """Its trial succeeds."""
        self.clock.now_s += 1.0
        self.circuit.admit().succeeded()
        self.monitor.scored(is_live=False)

    @property
    def outages(self) -> list[tuple[str, datetime, datetime | None]]:
        """On record."""
        return [(outage.cause, outage.began_at, outage.ended_at) for outage in self.store.outages.values()]


@pytest.fixture
def gateway(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """At the start of a time in which nothing has happened yet."""
    gateway = Gateway(clock)
    monkeypatch.setattr(time_of_day, "now", gateway.now)
    monkeypatch.setattr(tracker_module, "monotonic", clock)
    return gateway


async def test_a_time_without_history_is_an_outage_with_the_times_of_its_verdicts(gateway: Gateway) -> None:
    """Written down while it lasts; its end is the last verdict's, however late that is known."""
    gateway.verdicts(5)
    gateway.verdicts(4, history=False)
    await gateway.tracker.look()
    lasting = gateway.outages
    gateway.verdicts(20)
    await gateway.tracker.look()

    assert lasting == [("LEDGER_UNAVAILABLE", gateway.at(5), None)]
    assert gateway.outages == [("LEDGER_UNAVAILABLE", gateway.at(5), gateway.at(8.5 + 0.5))]
    assert gateway.alerts == ["outage.started"]


async def test_what_happened_while_the_ledger_was_away_is_written_when_it_is_back(gateway: Gateway) -> None:
    """Nobody could ask the ledger from its beginning to its end."""
    gateway.verdicts(4, history=False)
    gateway.verdicts(20)
    await gateway.tracker.look()

    assert gateway.outages == [("LEDGER_UNAVAILABLE", gateway.at(0), gateway.at(4))]


async def test_a_busy_moment_is_no_outage(gateway: Gateway) -> None:
    """All verdicts of one second: a state that the status shows, and nothing that belongs on record."""
    gateway.verdicts(1, history=False)
    assert gateway.history.since is not None
    gateway.verdicts(20)
    await gateway.tracker.look()

    assert gateway.outages == []


async def test_one_that_goes_over_into_an_open_circuit_is_one_by_its_worse_name(gateway: Gateway) -> None:
    """Also where the circuit closes before history is back."""
    gateway.verdicts(4, history=False)
    await gateway.tracker.look()
    gateway.open_circuit()
    gateway.verdicts(4, score=False)
    await gateway.tracker.look()
    gateway.close_circuit()
    gateway.verdicts(10, history=False)
    ends_at = gateway.now()
    await gateway.tracker.look()
    lasting = gateway.outages
    gateway.verdicts(20)
    await gateway.tracker.look()

    assert lasting == [("SCORER_TIMEOUT", gateway.at(0), None)]
    assert gateway.outages == [("SCORER_TIMEOUT", gateway.at(0), ends_at)]


async def test_an_outage_of_the_circuit_ends_when_it_closes(gateway: Gateway) -> None:
    """Verdicts are whole from that moment; that is known 15 s later, and dated right."""
    gateway.verdicts(5)
    gateway.open_circuit()
    gateway.verdicts(4, score=False)
    gateway.close_circuit()
    closed_at = gateway.now()
    gateway.verdicts(18)
    await gateway.tracker.look()

    assert gateway.outages == [("SCORER_TIMEOUT", gateway.at(5), closed_at)]


async def test_many_unscored_verdicts_are_an_outage_without_an_open_circuit(gateway: Gateway) -> None:
    """Two of three time out: never three in a row, and still no state to be proud of."""
    for _ in range(4):
        gateway.verdicts(0.5, score=False)
        gateway.verdicts(0.5)
    await gateway.tracker.look()
    gateway.verdicts(0.5, score=False)
    gateway.notice()
    await gateway.tracker.look()

    assert gateway.circuit.state is CircuitState.CLOSED
    assert gateway.outages == [("SCORER_TIMEOUT", gateway.at(0), None)]
